namespace SimpleFlow.Cli.Reports;

/// <summary>The report of an epoch.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="Loss">The training loss.</param>
/// <param name="ValidationLoss">The loss on the validation set; null if there is none.</param>
/// <param name="Score">The report's score on the validation set, or on the training set if there is none.</param>
/// <param name="Duration">How long it took, validation included.</param>
/// <param name="Rows">How many examples were trained on, each as often as it was.</param>
/// <param name="TrainingScore">The score on the training examples meanwhile, if it was measured.</param>
internal sealed record EpochLine(int Number, double Loss, double? ValidationLoss, double Score, TimeSpan Duration, long Rows,
    double? TrainingScore = null)
{
    /// <summary>How fast it went.</summary>
    public double RowsPerSecond => Rows / Duration.TotalSeconds;
}
