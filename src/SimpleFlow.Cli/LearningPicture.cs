using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary>The picture of --plot. Its library is loaded only when there is one to draw.</summary>
internal static class LearningPicture
{
    /// <summary>Finds out, before anything is trained, whether the file can be written. Leaves nothing behind but its folder.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not.</exception>
    public static void Check(string path)
    {
        if (Directory.Exists(path)) throw new IOException($"{path}: is a folder, and the picture needs a file.");
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
        var isNew = !File.Exists(path);
        using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write)) { }
        if (isNew) File.Delete(path);
    }

    /// <summary>Draws the losses and accuracies of the epochs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Save(string path, string title, IReadOnlyList<EpochLine> epochs) => Plots.LearningCurves.SavePng(
        path, [.. epochs.Select(epoch => epoch.Loss)], title: title, validationAccuracy: [.. epochs.Select(epoch => epoch.Accuracy)],
        accuracy: epochs.All(epoch => epoch.TrainingAccuracy is not null) ? [.. epochs.Select(epoch => epoch.TrainingAccuracy!.Value)] : null);
}
