namespace SimpleFlow.Cli.Reports;

/// <summary>What is said of an epoch.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="Loss">The training loss.</param>
/// <param name="ValidationLoss">The loss of the validation part; null if there is none.</param>
/// <param name="Score">How well the validation part is predicted, or what is learned from where there
/// is none, as the report's score has it.</param>
/// <param name="Duration">How long it took, validation included.</param>
/// <param name="Rows">How many examples were trained on, each as often as it was.</param>
/// <param name="TrainingScore">How well the training examples were predicted meanwhile, if it was watched.</param>
internal sealed record EpochLine(int Number, double Loss, double? ValidationLoss, double Score, TimeSpan Duration, long Rows,
    double? TrainingScore = null)
{
    /// <summary>How fast it went.</summary>
    public double RowsPerSecond => Rows / Duration.TotalSeconds;
}
