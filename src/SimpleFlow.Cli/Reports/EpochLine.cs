namespace SimpleFlow.Cli.Reports;

/// <summary>What is said of an epoch.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="Loss">The training loss.</param>
/// <param name="Accuracy">The share of the test images that are told right.</param>
/// <param name="Duration">How long it took, testing included.</param>
/// <param name="Images">How many images were trained on, each as often as it was.</param>
/// <param name="TrainingAccuracy">The share of the training images that were told right, if it was watched.</param>
internal sealed record EpochLine(int Number, double Loss, double Accuracy, TimeSpan Duration, long Images, double? TrainingAccuracy = null)
{
    /// <summary>How fast it went.</summary>
    public double ImagesPerSecond => Images / Duration.TotalSeconds;
}
