namespace SimpleFlow.Compilation;

/// <summary>Rebuilds a graph from its leaves to its outputs. What a pass does not change is kept, not copied.</summary>
internal static class Rewriter
{
    /// <param name="outputs">The graph.</param>
    /// <param name="rewrite">Given a node and what became of its inputs, the node that takes its place.</param>
    /// <param name="cancellation">Stops at the next node.</param>
    public static Node[] Run(Node[] outputs, Func<Node, Node[], Node> rewrite, CancellationToken cancellation = default) =>
        Run(outputs, (node, inputs, _) => rewrite(node, inputs), cancellation);

    /// <param name="outputs">The graph.</param>
    /// <param name="rewrite">Given a node, what became of its inputs, and what became of all nodes
    /// before it, the node that takes its place.</param>
    /// <param name="cancellation">Stops at the next node.</param>
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

    /// <summary>The same op on other inputs, or the node itself where nothing changed.</summary>
    public static Node With(Operation node, Node[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
        {
            if (!ReferenceEquals(inputs[i], node.InputArray[i])) return new Operation(node.Op, inputs, node.Name, node.MadeAt);
        }
        return node;
    }
}
