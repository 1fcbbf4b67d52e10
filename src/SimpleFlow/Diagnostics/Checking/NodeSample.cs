namespace SimpleFlow;

/// <summary>
/// Which nodes of a large graph have their gradient compared with differences.
/// For each of them all that lies behind it is computed again, dozens of times: for all of n nodes that would be n² work.
/// </summary>
internal static class NodeSample
{
    /// <summary>A graph of so many nodes is compared whole.</summary>
    public const int Whole = 300;

    /// <summary>However large the graph is, so many are compared.</summary>
    public const int Fewest = 24;

    /// <summary>All nodes of a small graph; of a larger one so many, evenly spread from the first to the last, that the work stays about
    /// the same, and <see cref="Fewest"/> at least.</summary>
    public static List<Node> Of(List<Node> nodes, bool all) =>
        all || nodes.Count <= Whole ? nodes : Spread(nodes, Math.Max(Fewest, Whole * Whole / nodes.Count));

    /// <summary>The first, the last, and others at even distances.</summary>
    public static List<T> Spread<T>(List<T> items, int count)
    {
        if (items.Count <= count) return items;
        return [.. Enumerable.Range(0, count).Select(i => items[(int)((long)i * (items.Count - 1) / (count - 1))])];
    }
}
