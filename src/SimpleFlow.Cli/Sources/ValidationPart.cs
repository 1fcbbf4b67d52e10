namespace SimpleFlow.Cli.Sources;

/// <summary>
/// The validation set: it decides when training stops, which epoch is kept and which threshold is best, and the network does not learn from
/// it. The test set at the end decides nothing.
/// </summary>
internal static class ValidationPart
{
    /// <summary>The share of the training examples, the fewest that are meaningful, and as many as are enough.</summary>
    public const double Share = 0.1;
    public const int Fewest = 20, Most = 1000;

    // If the fewest are more than this share of all, training on them is worth more than validation.
    private const double Dearest = 0.25;

    /// <summary>How many of some rows are taken by default; 0 if they are too few.</summary>
    public static int Rows(int rows)
    {
        var wanted = Math.Clamp((int)Math.Round(Share * rows), Fewest, Most);
        return wanted > Dearest * rows ? 0 : wanted;
    }

    /// <summary>Splits the validation set off the training set, with the same share of each class.</summary>
    /// <param name="examples">All.</param>
    /// <param name="share">The share that the user asks for; null for the default.</param>
    /// <param name="seed">The seed of the choice.</param>
    /// <returns>The rest of the training set, and the validation set; null if there is none.</returns>
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
