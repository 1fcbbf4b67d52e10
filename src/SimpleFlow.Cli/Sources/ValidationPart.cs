namespace SimpleFlow.Cli.Sources;

/// <summary>
/// The examples that a training is watched by: they decide when it stops, which epoch is kept and which threshold is best, and it does not
/// learn from them. What a network is tested with at the end decides nothing.
/// </summary>
internal static class ValidationPart
{
    /// <summary>The share of the examples to learn from, the fewest that say anything, and as many as say enough.</summary>
    public const double Share = 0.1;
    public const int Fewest = 20, Most = 1000;

    // Where the fewest are more than this share of all, learning from them is worth more than watching.
    private const double Dearest = 0.25;

    /// <summary>How many of some rows are taken where nobody says; 0 where they are too few.</summary>
    public static int Rows(int rows)
    {
        var wanted = Math.Clamp((int)Math.Round(Share * rows), Fewest, Most);
        return wanted > Dearest * rows ? 0 : wanted;
    }

    /// <summary>Takes the part away from what there is to learn from: of each class its share.</summary>
    /// <param name="examples">All.</param>
    /// <param name="share">The share that a person asks for; null for as many as usual.</param>
    /// <param name="seed">What the choice follows from.</param>
    /// <returns>What is left to learn from, and the part; null if there is none.</returns>
    public static (ExampleSet Train, ExampleSet? Validation) Of(LabelledData examples, double? share, ulong seed)
    {
        if (examples.Validation is { } given) return (examples.Train, given);
        var all = examples.Train;
        if (examples.Output is NextCharacterOutput) return (all, null);
        var taken = share is { } wanted ? (int)Math.Round(wanted * all.Rows) : Rows(all.Rows);
        if (taken == 0 || taken >= all.Rows) return (all, null);
        var labels = examples.Output is ClassOutput ? new int[all.Rows] : null;
        if (labels is not null) all.Targets.CopyTo(labels.AsSpan());
        var (rows, others) = RowNumbers.Split(all.Rows, 1 - taken / (double)all.Rows, seed, labels);
        return (all.Select(rows), all.Select(others));
    }
}
