namespace SimpleFlow;

/// <summary>Rebuilds a graph from its leaves to its outputs. Nodes that a pass does not change are kept, not copied.</summary>
internal static class Rewriter
{
    /// <param name="outputs">The graph.</param>
    /// <param name="rewrite">Given a node and its rewritten inputs, the node that replaces it.</param>
    /// <param name="cancellation">Cancels between two nodes.</param>
    public static Node[] Run(Node[] outputs, Func<Node, Node[], Node> rewrite, CancellationToken cancellation = default) =>
        Run(outputs, (node, inputs, _) => rewrite(node, inputs), cancellation);

    /// <param name="outputs">The graph.</param>
    /// <param name="rewrite">Given a node, its rewritten inputs, and the replacements of all nodes before it, the node that replaces
    /// it.</param>
    /// <param name="cancellation">Cancels between two nodes.</param>
    public static Node[] Run(Node[] outputs, Func<Node, Node[], IReadOnlyDictionary<Node, Node>, Node> rewrite,
        CancellationToken cancellation = default)
    {
        var became = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        foreach (var node in GraphOrder.Of(outputs, cancellation: cancellation))
        {
            cancellation.ThrowIfCancellationRequested();
            became[node] = rewrite(node, Array.ConvertAll(node.InputArray, input => became[input]), became);
        }
        return Array.ConvertAll(outputs, output => became[output]);
    }

    /// <summary>The same op on other inputs, or the node itself if nothing changed.</summary>
    public static Node With(Operation node, Node[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!ReferenceEquals(inputs[i], node.InputArray[i])) return new Operation(node.Op, inputs, node.Name, node.MadeAt);
        }
        return node;
    }
}
