using SimpleFlow.Cli.Recipes;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Reports;

/// <summary>What a trained network reaches on the test set, which decided nothing: neither its weights, nor its epoch, nor its
/// threshold.</summary>
internal sealed class FinalTest
{
    private const int MostClasses = 20;            // of which each has a line

    private FinalTest(Evaluation evaluation, double score) => (Evaluation, Score) = (evaluation, score);

    /// <summary>Loss and metrics.</summary>
    public Evaluation Evaluation { get; }

    /// <summary>The value of the report's score.</summary>
    public double Score { get; }

    /// <summary>The lines for people.</summary>
    public IReadOnlyList<string> Lines { get; private init; } = [];

    /// <summary>More numbers, by their names in JSON.</summary>
    public IReadOnlyList<(string Key, double Value)> Figures { get; private init; } = [];

    /// <summary>The classes one by one; empty for other tasks.</summary>
    public IReadOnlyList<ClassResult> Classes { get; private init; } = [];

    /// <summary>R²: the share of the variance that is explained; null for other tasks.</summary>
    public double? RSquared { get; private init; }

    public static FinalTest Of(Trained trained, LabelledData examples, CancellationToken cancellation)
    {
        var (network, test) = (trained.Network, examples.Test);
        var evaluation = network.Model.Evaluate(network.EncodedDataset(test.Inputs, test.Targets), network.BatchSize, cancellation);
        var score = examples.Score.From(evaluation);
        if (examples.AreTooFew) return new FinalTest(evaluation, score);
        switch (examples.Output)
        {
            case ClassOutput output:
                var scores = network.Model.Predict(network.EncodedDataset(test.Inputs), network.BatchSize, cancellation);
                var report = ClassificationReport.Of(scores, test.Targets, output.Classes);
                string[] table = output.Classes.Count <= MostClasses ? report.Table().Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    : [];
                if (output.Classes.Count != 2)
                    return new FinalTest(evaluation, score)
                    {
                        Lines = table,
                        Figures = [("macroF1", report.MacroF1)],
                        Classes = report.Classes
                    };
                // The rarer class is usually the one that is looked for.
                var positive = report.Classes[1].Rows <= report.Classes[0].Rows ? 1 : 0;
                var binary = BinaryReport.Of(scores, test.Targets, positive);
                var lines = new List<string>(table);
                // If all test rows are of one class, there is nothing to rank.
                if (!double.IsNaN(binary.AreaUnderCurve))
                    lines.Add($"AUC {binary.AreaUnderCurve:F4}: the chance that a row of '{output.Classes[positive]}' is ranked above one "
                        + $"of '{output.Classes[1 - positive]}'");
                var figures = new List<(string, double)> { ("macroF1", report.MacroF1), ("auc", binary.AreaUnderCurve) };
                if (trained.Validation is { } validation)
                {
                    var watched = BinaryReport.Of(network.Model.Predict(network.EncodedDataset(validation.Inputs),
                        network.BatchSize, cancellation), validation.Targets, positive);
                    var threshold = watched.BestThreshold();
                    var at = binary.At(threshold);
                    lines.Add(
                        $"threshold {threshold:F3} instead of 0.5 for '{output.Classes[positive]}', chosen on the validation set for the "
                            + $"best F1: precision {at.Precision:F4}, recall {at.Recall:F4}, F1 {at.F1:F4}. "
                            + "predict decides at 0.5 and writes the probability, for a threshold of your own");
                    figures.AddRange([("threshold", threshold), ("f1AtThreshold", at.F1)]);
                }
                return new FinalTest(evaluation, score) { Lines = lines, Figures = figures, Classes = report.Classes };
            case NumberOutput:
                var judged = Judged.Of(network, test, cancellation);
                return new FinalTest(evaluation, score)
                {
                    Lines = [judged.Line!],
                    Figures = judged.Figures,
                    RSquared = judged.Figures.First(one => one.Key == "rSquared").Value
                };
            default:
                return new FinalTest(evaluation, score);
        }
    }
}
