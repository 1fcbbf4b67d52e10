namespace SimpleFlow;

/// <summary>
/// Chooses the nodes of a large graph whose gradients are compared with differences. For each of them, all nodes after it are computed
/// again, dozens of times: for all of n nodes that would be n² work.
/// </summary>
internal static class NodeSample
{
    /// <summary>The number of nodes up to which a graph is compared whole.</summary>
    public const int Whole = 300;

    /// <summary>The number of nodes that are compared however large the graph is.</summary>
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
