using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary>The picture of --plot. Its library is loaded only when there is one to draw.</summary>
internal static class LearningPicture
{
    /// <summary>Draws the losses of the epochs, and their accuracies where there are some.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static void Save(string path, string what, TrainingReport report)
    {
        var (epochs, score) = (report.Epochs, report.Subject.Score);
        double[] losses = [.. epochs.Select(epoch => epoch.Loss)];
        if (score != Score.Accuracy)
        {
            Plots.LearningCurves.SavePng(path, losses, title: $"{what}: {score.Say(epochs[^1].Score)}", validationLoss: [.. epochs.Select(epoch => epoch.TestLoss)], validationName: "test");
            return;
        }
        Plots.LearningCurves.SavePng(
            path, losses, title: $"{what}: {epochs[^1].Score:P1} of the test {report.Subject.Unit}", validationAccuracy: [.. epochs.Select(epoch => epoch.Score)],
            accuracy: epochs.All(epoch => epoch.TrainingScore is not null) ? [.. epochs.Select(epoch => epoch.TrainingScore!.Value)] : null);
    }
}
