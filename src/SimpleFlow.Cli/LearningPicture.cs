using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary>The picture of --plot. Its library is loaded only when there is one to draw.</summary>
internal static class LearningPicture
{
    /// <summary>Draws the losses of the epochs, and their accuracies if there are any.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Save(string path, string what, TrainingReport report)
    {
        var (epochs, score) = (report.Epochs, report.Subject.Score);
        double[] losses = [.. epochs.Select(epoch => epoch.Loss)];
        double[]? watched = epochs.All(epoch => epoch.ValidationLoss is not null) ? [.. epochs.Select(epoch => epoch.ValidationLoss!.Value)]
            : null;
        var isAccuracy = score == Score.Accuracy;
        new Plots.LearningCurves(losses)
        {
            Title = $"{what}: test {score.Say(report.Test!.Score)}",
            Accuracy = isAccuracy && epochs.All(epoch => epoch.TrainingScore is not null)
                ? [.. epochs.Select(epoch => epoch.TrainingScore!.Value)] : null,
            ValidationLoss = watched,
            ValidationAccuracy = isAccuracy && watched is not null ? [.. epochs.Select(epoch => epoch.Score)] : null,
            ValidationName = report.WatchedBy,
        }.SavePng(path);
    }
}
