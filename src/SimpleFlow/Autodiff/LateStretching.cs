namespace SimpleFlow;

/// <summary>
/// Marks ops that may stretch a size which is unknown when the node is built, and turns out to be 1. Only ops that may have to are marked:
/// for the others the graph knows what is stretched, and their gradients need not wait for a feed.
/// </summary>
internal static class LateStretching
{
    public static Node Marked(Node node, Node[] inputs) => node is not Operation operation ? node
        : operation.Op is { Broadcasts: true, StretchesLate: false } op && IsOpen(inputs, op.UnstretchedAxes)
            ? new Operation(op with { StretchesLate = true }, inputs, node.Name, node.MadeAt)
            : Rewriter.With(operation, inputs);

    // Some operand has an unknown size where another has none that is known to be 1.
    private static bool IsOpen(Node[] inputs, int unstretched)
    {
        var rank = inputs.Max(input => input.Shape.Rank);
        for (var axis = unstretched + 1; axis <= rank; axis++)
        {
            var sizes = inputs.Where(input => axis <= input.Shape.Rank).Select(input => input.Shape[input.Shape.Rank - axis]).ToList();
            if (sizes.Contains(null) && sizes.Count(size => size != 1) > 1) return true;
        }
        return false;
    }

    /// <summary>The gradient rules of an op. What those of a marked one are written with is marked as well: ∂(x · y)/∂x is upstream · y,
    /// and y may have to be stretched.</summary>
    /// <param name="node">The node.</param>
    /// <param name="upstream">The gradient of its result.</param>
    /// <param name="rules">The rules of its op, for a node and the gradient of its result.</param>
    public static IEnumerable<(int Input, Node Gradient)> Rules(Operation node, Node upstream,
        Func<Operation, Node, IEnumerable<(int Input, Node Gradient)>> rules)
    {
        if (!node.Op.StretchesLate) return rules(node, upstream);
        // They are written on leaves, so that rewriting them stops there.
        var leaves = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        Node Leaf(Node of)
        {
            if (of is not Operation) return of;
            var leaf = new Placeholder(of.Label, of.Shape, of.ElementType);
            leaves[leaf] = of;
            return leaf;
        }
        var again = new Operation(node.Op, Array.ConvertAll(node.InputArray, Leaf), node.Name, node.MadeAt);
        leaves[again] = node;
        var made = rules(again, Leaf(upstream)).ToList();
        var gradients = Rewriter.Run([.. made.Select(rule => rule.Gradient)],
            (one, inputs) => leaves.TryGetValue(one, out var original) ? original : Marked(one, inputs));
        return made.Zip(gradients, (rule, gradient) => (rule.Input, gradient));
    }

    /// <summary>What flows back to an input: the gradient that a rule gives, summed over what the op stretched.</summary>
    public static Node Summed(Operation node, Node gradient, Node input) => node.Op.StretchesLate && !input.Shape.IsKnown
        ? Flow.AddFlow(gradient, new SumLike(input)) : BackwardSweep.SumWhatWasStretched(gradient, input);
}
