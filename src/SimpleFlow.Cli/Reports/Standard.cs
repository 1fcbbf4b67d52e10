using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Reports;

/// <summary>The baseline of a score: the score of an answer that needs no learning, on the same test examples.</summary>
/// <param name="Value">In the units of the score.</param>
/// <param name="Sentence">The same for people.</param>
/// <param name="Baseline">The library's baseline; null for texts.</param>
internal sealed record Standard(double Value, string Sentence, Baseline? Baseline)
{
    private const int MostShares = 10;

    public static Standard Of(LabelledData examples) => Of(examples, examples.Test.Targets);

    /// <summary>The same for other targets than those of the test set.</summary>
    public static Standard Of(LabelledData examples, DataArray targets)
    {
        switch (examples.Output)
        {
            case ClassOutput output:
                var classes = Baseline.OfClasses(targets, output.Classes.Count);
                var shares = output.Classes.Zip(classes.Shares).OrderByDescending(one => one.Second).Take(MostShares)
                    .Select(one => $"{one.First} {100 * one.Second:F1} %");
                var more = output.Classes.Count > MostShares ? $" and {output.Classes.Count - MostShares} more" : "";
                return new Standard(classes.Accuracy!.Value,
                    $"Baseline: always answering '{output.Classes[classes.CommonestClass!.Value]}' gives "
                        + $"{examples.Score.Say(classes.Accuracy.Value)} (shares: {string.Join(", ", shares)}{more}).", classes);
            case NumberOutput output:
                var encoded = new float[targets.Count];
                targets.CopyTo(encoded.AsSpan());
                var numbers = Baseline.OfNumbers(Array.ConvertAll(encoded, number => output.Decode(number)));
                return new Standard(numbers.MeanAbsoluteError!.Value,
                    $"Baseline: always answering the mean, {numbers.Mean:G5}, gives "
                        + $"{examples.Score.Say(numbers.MeanAbsoluteError.Value)} (R² 0).", numbers);
            default:
                var characters = Baseline.OfClasses(targets, ((NextCharacterOutput)examples.Output).Count);
                var perplexity = Math.Exp(-characters.Shares.Where(share => share > 0).Sum(share => share * Math.Log(share)));
                return new Standard(perplexity,
                    $"Baseline: drawing characters by their frequencies gives {examples.Score.Say(perplexity)}.", null);
        }
    }
}
