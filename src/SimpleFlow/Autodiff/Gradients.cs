namespace SimpleFlow;

/// <summary>Back-propagation: the derivatives of a loss, as nodes of the same graph.</summary>
public static class Gradients
{
    /// <summary>
    /// ∂<paramref name="loss"/>/∂target for every target, by the chain rule from the loss backwards. A loss of several elements counts as their sum.
    /// Because the gradients are nodes, they can be differentiated again.
    /// </summary>
    /// <param name="loss">What to differentiate.</param>
    /// <param name="targets">What to differentiate by: variables, or any node that the loss is computed from.</param>
    /// <returns>One node for each target, of its shape; zeros where the loss does not depend on it.</returns>
    /// <exception cref="GraphException">The graph has a loop, or the loss is not made of floats.</exception>
    public static IReadOnlyList<Node> Of(Node loss, params IReadOnlyList<Node> targets)
    {
        ArgumentNullException.ThrowIfNull(loss);
        ArgumentNullException.ThrowIfNull(targets);
        if (loss.ElementType != ElementType.Float32) throw new GraphException($"`{loss.Label}` is {loss.ElementType}: only floats have derivatives.");

        var order = GraphOrder.Of([loss], valuesOnly: true);
        var needed = Between(order, targets);
        var upstream = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance)
        {
            [loss] = ((Node)1f).BroadcastLike(loss),                       // ∂loss/∂loss = 1
        };

        for (var i = order.Count - 1; i >= 0; i--)
        {
            if (order[i] is not Operation node || !needed.Contains(node) || !upstream.TryGetValue(node, out var arriving)) continue;
            for (var input = 0; input < node.InputArray.Length; input++)
            {
                var source = node.InputArray[input];
                if (!needed.Contains(source) || node.Op.UsesOnlyShape(input)) continue;
                if (node.Op.Gradient(node, arriving, input) is not { } contribution) continue;
                contribution = SumWhatWasStretched(contribution, source);
                upstream[source] = upstream.TryGetValue(source, out var sofar) ? sofar + contribution : contribution;
            }
        }
        return [.. targets.Select(target => upstream.TryGetValue(target, out var gradient) ? gradient : ((Node)0f).BroadcastLike(target))];
    }

    /// <summary>The nodes on a path from a target to the loss: the only ones whose gradient anybody needs.</summary>
    private static HashSet<Node> Between(List<Node> order, IReadOnlyList<Node> targets)
    {
        var needed = new HashSet<Node>(targets, ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (!needed.Contains(node) && node.InputArray.Any(needed.Contains)) needed.Add(node);
        }
        return needed;
    }

    /// <summary>An element that was used several times gets the sum of what flows back: broadcasting is undone here, for every op.</summary>
    private static Node SumWhatWasStretched(Node gradient, Node source)
    {
        if (gradient.Shape.Equals(source.Shape)) return gradient;
        var axes = Broadcasting.StretchedAxes(source.Shape, gradient.Shape);
        if (axes.Length == 0) return gradient.BroadcastLike(source);       // a scalar rule for a larger source
        var missing = gradient.Shape.Rank - source.Shape.Rank;
        var summed = gradient.Sum(axes, keep: true);
        return missing == 0 ? summed : summed.Sum([.. Enumerable.Range(0, missing)]);
    }
}
