namespace SimpleFlow;

/// <summary>
/// The reverse sweep with its intermediate results: for every node between the targets and the loss, its gradient and what each of its uses
/// contributed to it. <see cref="Gradients"/> returns only the gradients; derivations, traces and checks also need the intermediate
/// results.
/// </summary>
internal sealed class BackwardSweep
{
    private readonly HashSet<Node> _needed;
    private readonly Dictionary<Node, Node> _gradients = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Node, List<Contribution>> _contributions = new(ReferenceEqualityComparer.Instance);

    /// <param name="loss">The node to differentiate.</param>
    /// <param name="targets">The nodes to differentiate with respect to.</param>
    /// <param name="cancellation">Cancels between two nodes.</param>
    /// <exception cref="GraphException">The graph has a loop, or the loss is not made of floats.</exception>
    public BackwardSweep(Node loss, IReadOnlyList<Node> targets, CancellationToken cancellation = default)
    {
        if (loss.ElementType != ElementType.Float32)
            throw new GraphException($"`{loss.Label}` is {loss.ElementType}: only floats have derivatives.");
        Order = GraphOrder.Of([loss], valuesOnly: true, cancellation);
        _needed = Between(Order, targets);
        _gradients[loss] = ((Node)1f).BroadcastLike(loss);                 // ∂loss/∂loss = 1

        for (var i = Order.Count - 1; i >= 0; i--)
        {
            cancellation.ThrowIfCancellationRequested();
            if (Order[i] is not Operation node || !_needed.Contains(node) || !_gradients.TryGetValue(node, out var arriving)) continue;
            foreach (var (input, contribution) in LateStretching.Rules(node, arriving, (of, upstream) => of.Op.Gradients(of, upstream,
                input => _needed.Contains(node.InputArray[input]) && !of.Op.UsesOnlyShape(input))))
            {
                RequireFit(node, input, contribution);
                var source = node.InputArray[input];
                Add(source, new Contribution(node, input, LateStretching.Summed(node, contribution, source)));
            }
        }
    }

    /// <summary>The loss and the nodes that it is computed from, inputs before the nodes that use them.</summary>
    public List<Node> Order { get; }

    /// <summary>∂loss/∂<paramref name="node"/>, or null if the loss does not depend on it or no target needed it.</summary>
    public Node? GradientOf(Node node) => _gradients.GetValueOrDefault(node);

    /// <summary>The terms of a node's gradient: one for each use through which something flows back, the use nearest to the loss first. The
    /// loss itself has none.</summary>
    public IReadOnlyList<Contribution> ContributionsTo(Node node) => _contributions.TryGetValue(node, out var found) ? found : [];

    // A rule of a user may return anything.
    private static void RequireFit(Operation node, int input, Node gradient)
    {
        if (Fits(node, input, gradient)) return;
        var source = node.InputArray[input];
        throw new GraphException($"The gradient rule of {node.Op.Name} in `{node.Label}` returns a node {gradient.Shape} of "
            + $"{gradient.ElementType} for the input `{source.Label}` {source.Shape}. It must return one of floats with the shape of the "
            + "input, before or after broadcasting.");
    }

    /// <summary>Whether a gradient has the type and the shape that the rule of an op may return for an input. The ops that users derive
    /// may not leave more to <see cref="SumWhatWasStretched"/> than what the op itself stretched: it would hide a wrong rule.</summary>
    public static bool Fits(Operation node, int input, Node gradient)
    {
        if (gradient.ElementType != ElementType.Float32) return false;
        var source = node.InputArray[input].Shape;
        return node.Op switch
        {
            Binary => Agree(gradient.Shape, source) || Agree(gradient.Shape, node.Shape),
            Unary or CustomOp => Agree(gradient.Shape, source),
            _ => Broadcasting.TryStretch(source, gradient.Shape) is not null || Broadcasting.TryStretch(gradient.Shape, source) is not null,
        };
    }

    // As far as sizes are known. An unknown one is never stretched, so it is no partner for a 1.
    private static bool Agree(Shape left, Shape right)
    {
        if (left.Rank != right.Rank) return false;
        for (var axis = 0; axis < left.Rank; axis++)
        {
            var (a, b) = (left[axis], right[axis]);
            var isOpen = a is null || b is null;
            if (a != b && (!isOpen || (a ?? b) == 1)) return false;
        }
        return true;
    }

    private void Add(Node source, Contribution contribution)
    {
        if (!_contributions.TryGetValue(source, out var list)) _contributions[source] = list = [];
        list.Add(contribution);
        _gradients[source] = _gradients.TryGetValue(source, out var sofar) ? sofar + contribution.Gradient : contribution.Gradient;
    }

    /// <summary>The nodes on a path from a target to the loss: the only ones whose gradient is needed.</summary>
    public static HashSet<Node> Between(List<Node> order, IReadOnlyList<Node> targets)
    {
        var needed = new HashSet<Node>(targets, ReferenceEqualityComparer.Instance);
        foreach (var node in order)
        {
            if (!needed.Contains(node) && node.InputArray.Any(needed.Contains)) needed.Add(node);
        }
        return needed;
    }

    /// <summary>An element that was used several times gets the sum of what flows back: this undoes broadcasting, for every op.</summary>
    public static Node SumWhatWasStretched(Node gradient, Node source)
    {
        if (gradient.Shape.Equals(source.Shape)) return gradient;
        var axes = Broadcasting.StretchedAxes(source.Shape, gradient.Shape);
        if (axes.Length == 0) return gradient.BroadcastLike(source);       // a scalar rule for a larger source
        var missing = gradient.Shape.Rank - source.Shape.Rank;
        var summed = gradient.Sum(axes, keep: true);
        return missing == 0 ? summed : summed.Sum([.. Enumerable.Range(0, missing)]);
    }
}

/// <summary>What flows back to a node through one of its uses: as input number <paramref name="Input"/> of
/// <paramref name="Consumer"/>.</summary>
internal sealed record Contribution(Operation Consumer, int Input, Node Gradient);
