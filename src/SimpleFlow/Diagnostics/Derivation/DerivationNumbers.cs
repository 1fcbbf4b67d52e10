using System.Globalization;

namespace SimpleFlow;

/// <summary>Adds numbers to the lines of a derivation: small tensors whole, large ones summarised in a line.</summary>
internal static class DerivationNumbers
{
    // A row of a small layer; nobody would read more.
    private const int MostWhole = 24;

    public static IReadOnlyList<DerivationSection> Fill(IReadOnlyList<DerivationSection> sections, Feed feed,
        CancellationToken cancellation)
    {
        var nodes = sections.SelectMany(section => section.Lines).Select(line => line.Node).OfType<Node>().ToList();
        var values = PlainReading.ValuesOf(nodes, feed, cancellation);
        return [.. sections.Select(section =>
            section with {
                Lines = [.. section.Lines.Select(line => line.Node is null ? line : line with { Numbers = Text(values[line.Node]) })] })];
    }

    /// <summary>All elements, rows separated by semicolons, or shape, mean, least, largest and norm.</summary>
    public static string Text(PlainTensor value)
    {
        if (value.Count == 0) return "no elements";
        if (value.Count <= MostWhole)
        {
            var width = value.Rank == 0 ? 1 : Math.Max(1, value.Sizes[^1]);
            return string.Join("; ", value.Elements.Chunk(width).Select(row => string.Join(' ', row.Select(Number))));
        }
        var norm = Math.Sqrt(value.Elements.Sum(element => element * element));
        return $"{value.Shape} mean {Number(value.Elements.Average())}, min {Number(value.Elements.Min())}, max "
            + $"{Number(value.Elements.Max())}, norm {Number(norm)}";
    }

    /// <summary>Four digits: what a reader compares.</summary>
    public static string Number(double value) => (value == 0 ? 0 : value).ToString("G4", CultureInfo.InvariantCulture);
}
