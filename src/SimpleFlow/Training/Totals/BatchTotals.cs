namespace SimpleFlow;

/// <summary>
/// How losses and metrics of many rows are put together from those of batches, so that the result is what one batch of all the rows would
/// give. A mean over the rows is averaged, a sum is added up, a maximum is compared, and what is computed from such numbers, a weighted
/// mean or a root, is computed from their totals in the end. A number that cannot be taken apart in
/// this way is averaged, each batch by its rows.
/// </summary>
internal sealed class BatchTotals
{
    private readonly List<Part> _parts = [];
    private readonly Number[] _numbers;

    /// <param name="numbers">Scalars of floats.</param>
    public BatchTotals(IReadOnlyList<Node> numbers)
    {
        var taken = new TakenApart(numbers);
        _numbers = [.. numbers.Select(number => Of(number, taken))];
    }

    /// <summary>What must be computed of every batch, in this order.</summary>
    public IEnumerable<Node> Nodes => _parts.Select(part => part.Node);

    /// <summary>The numbers that each batch has for them.</summary>
    public IReadOnlyList<Part> Parts => _parts;

    /// <summary>How many floats they are together.</summary>
    public int Length { get; private set; }

    /// <summary>A number for all the rows.</summary>
    /// <param name="index">Which.</param>
    /// <param name="totals">The totals of all parts.</param>
    /// <param name="rows">Of how many rows.</param>
    public double Of(int index, double[] totals, long rows)
    {
        var number = _numbers[index];
        if (number.Formula is null) return Total(number.Parts[0], totals, rows)[0];
        var fed = number.Parts.ToDictionary(part => part.Placeholder, part => new PlainTensor(part.Node.Shape, Total(part, totals, rows)));
        return PlainReading.ValuesOf([number.Formula], fed)[number.Formula].Elements[0];
    }

    private static double[] Total(Part part, double[] totals, long rows)
    {
        var values = totals.AsSpan(part.Start, part.Count).ToArray();
        return part.Kind == TotalKind.Mean ? Array.ConvertAll(values, sum => sum / rows) : values;
    }

    private Number Of(Node node, TakenApart taken)
    {
        if (taken.Formula(node) is not { } formula) return new Number([Add(node, TotalKind.Mean, new Placeholder("mean", []))], null);
        var parts = GraphOrder.Of([formula]).OfType<Placeholder>()
            .Select(placeholder => Add(taken[placeholder].Node, taken[placeholder].Kind, placeholder)).ToList();
        return new Number(parts, formula is Placeholder ? null : formula);
    }

    private Part Add(Node node, TotalKind kind, Placeholder placeholder)
    {
        var part = new Part(node, kind, placeholder, Length);
        _parts.Add(part);
        Length += part.Count;
        return part;
    }

    /// <summary>A node that every batch has a value for, and what is made of these values.</summary>
    /// <param name="Node">The node.</param>
    /// <param name="Kind">How its values are put together.</param>
    /// <param name="Placeholder">What stands for the total in a formula.</param>
    /// <param name="Start">Where the totals of its elements begin.</param>
    public sealed record Part(Node Node, TotalKind Kind, Placeholder Placeholder, int Start)
    {
        /// <summary>How many elements it has.</summary>
        public int Count => (int)Node.Shape.ElementCount;
    }

    private sealed record Number(List<Part> Parts, Node? Formula);
}

/// <summary>How the values that batches have for something are put together.</summary>
internal enum TotalKind
{
    /// <summary>Averaged, each batch by its rows.</summary>
    Mean,

    /// <summary>Added up.</summary>
    Sum,

    /// <summary>The largest counts.</summary>
    Max,
}
