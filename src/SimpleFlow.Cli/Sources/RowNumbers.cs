namespace SimpleFlow.Cli.Sources;

/// <summary>Splits examples into two parts by the numbers of their rows, so that names of files and cells can follow.</summary>
internal static class RowNumbers
{
    /// <summary>The rows of either part, at random.</summary>
    /// <param name="rows">How many rows there are.</param>
    /// <param name="fraction">The fraction in the first part.</param>
    /// <param name="seed">The seed of the split.</param>
    /// <param name="labels">The class of each row, to give both parts the same fractions of each; null without classes.</param>
    public static (int[] First, int[] Others) Split(int rows, double fraction, ulong seed, int[]? labels)
    {
        var (number, label) = (new Placeholder("row", [null], ElementType.Int32), new Placeholder("label", [null], ElementType.Int32));
        var all = new Dataset { [number] = Enumerable.Range(0, rows).ToArray() };
        if (labels is not null) all[label] = labels;
        var (first, others) = all.Split(fraction, seed, labels is null ? null : label);
        return (Numbers(first[number]), Numbers(others[number]));
    }

    private static int[] Numbers(DataArray rows)
    {
        var numbers = new int[rows.Rows];
        rows.CopyTo(numbers.AsSpan());
        return numbers;
    }
}
