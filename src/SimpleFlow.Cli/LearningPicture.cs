using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary>The picture of --plot. Its library is loaded only when there is one to draw.</summary>
internal static class LearningPicture
{
    /// <summary>Finds out, before anything is trained, whether the file can be written. Leaves nothing behind but its folder.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    public static void Check(string path)
    {
        try
        {
            if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } folder) Directory.CreateDirectory(folder);
            var isNew = !File.Exists(path);
            using (new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write)) { }
            if (isNew) File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new IOException($"{path}: the picture cannot be written there. {exception.Message}", exception);
        }
    }

    /// <summary>Draws the losses and accuracies of the epochs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Save(string path, string title, IReadOnlyList<EpochLine> epochs) => Plots.LearningCurves.SavePng(
        path, [.. epochs.Select(epoch => epoch.Loss)], title: title, validationAccuracy: [.. epochs.Select(epoch => epoch.Accuracy)],
        accuracy: epochs.All(epoch => epoch.TrainingAccuracy is not null) ? [.. epochs.Select(epoch => epoch.TrainingAccuracy!.Value)] : null);
}
