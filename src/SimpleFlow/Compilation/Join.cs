namespace SimpleFlow.Compilation;

/// <summary>
/// Joins what was cut. A sum of parts that are padded to one length and touch each other is their <see cref="Concat"/>; the gradient of a
/// sequence that was sliced is such a sum. A sum of n padded tensors would read and write all of it n times; joined, each part is written
/// once. A Concat of a Concat along the same axis becomes one.
/// </summary>
internal sealed class Join : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) =>
        JoinConcats(PaddedSums.Join(outputs, cancellation), cancellation);

    private static Node[] JoinConcats(Node[] outputs, CancellationToken cancellation)
    {
        var order = GraphOrder.Of(outputs, valuesOnly: true, cancellation);
        var uses = Uses(outputs, order, cancellation);
        // From the outputs down, so that a chain of n is taken apart once, not n times.
        var inner = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var parts = new Dictionary<Node, List<Node>>(ReferenceEqualityComparer.Instance);
        foreach (var node in order.AsEnumerable().Reverse())
        {
            cancellation.ThrowIfCancellationRequested();
            if (node is not Operation { Op: Concat concat } whole || inner.Contains(node)) continue;
            var axis = concat.AxisOf(node.Shape.Rank);
            var found = new List<Node>(whole.InputArray.Length);
            var rest = new Stack<Node>(whole.InputArray.Reverse());
            while (rest.TryPop(out var part))
            {
                // A concatenation that others also read is computed anyway.
                if (part is Operation { Op: Concat op } joined && op.AxisOf(node.Shape.Rank) == axis && uses[part] == 1)
                {
                    inner.Add(part);
                    for (var i = joined.InputArray.Length - 1; i >= 0; i--) rest.Push(joined.InputArray[i]);
                }
                else found.Add(part);
            }
            if (found.Count > whole.InputArray.Length) parts[node] = found;
        }
        if (parts.Count == 0) return outputs;
        return Rewriter.Run(outputs, (node, inputs, became) =>
            node is not Operation operation || inner.Contains(node) ? node
            : parts.TryGetValue(node, out var found) ? new Operation(operation.Op, [.. found.Select(part => became[part])], node.Name,
                node.MadeAt)
            : Rewriter.With(operation, inputs), cancellation);
    }

    /// <summary>How often the value of each node is read; being an output counts too.</summary>
    public static Dictionary<Node, int> Uses(Node[] outputs, List<Node> order, CancellationToken cancellation)
    {
        var uses = new Dictionary<Node, int>(order.Count, ReferenceEqualityComparer.Instance);
        foreach (var output in outputs) uses[output] = uses.GetValueOrDefault(output) + 1;
        foreach (var node in order.OfType<Operation>())
        {
            cancellation.ThrowIfCancellationRequested();
            for (var i = 0; i < node.InputArray.Length; i++)
            {
                if (!node.Op.UsesOnlyShape(i)) uses[node.InputArray[i]] = uses.GetValueOrDefault(node.InputArray[i]) + 1;
            }
        }
        return uses;
    }
}
