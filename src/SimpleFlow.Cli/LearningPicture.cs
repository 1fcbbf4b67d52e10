using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary>The picture of --plot. Its library is loaded only when there is one to draw.</summary>
internal static class LearningPicture
{
    /// <summary>Draws the losses and accuracies of the epochs.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Save(string path, string title, IReadOnlyList<EpochLine> epochs) => Plots.LearningCurves.SavePng(
        path, [.. epochs.Select(epoch => epoch.Loss)], title: title, validationAccuracy: [.. epochs.Select(epoch => epoch.Accuracy)],
        accuracy: epochs.All(epoch => epoch.TrainingAccuracy is not null) ? [.. epochs.Select(epoch => epoch.TrainingAccuracy!.Value)] : null);
}
