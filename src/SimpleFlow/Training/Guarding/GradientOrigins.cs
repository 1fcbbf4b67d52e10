namespace SimpleFlow;

/// <summary>Which node of the user's graph a node of the backward sweep belongs to:
/// nobody has named those, but each is part of what some node hands back, or of the sum of what arrives at one.</summary>
internal sealed class GradientOrigins
{
    private readonly Dictionary<Node, (Node Source, Operation? Consumer)> _origins = new(ReferenceEqualityComparer.Instance);
    private readonly HashSet<Node> _forward;

    public GradientOrigins(BackwardSweep sweep)
    {
        _forward = new HashSet<Node>(sweep.Order, ReferenceEqualityComparer.Instance);
        // From the loss back, as the sweep went: what arrives at a node is complete before the node hands anything back.
        foreach (var node in sweep.Order.AsEnumerable().Reverse())
        {
            if (sweep.GradientOf(node) is { } arriving) Claim(arriving, node, consumer: null);
            if (node is not Operation operation) continue;
            foreach (var source in operation.InputArray.Distinct())
            {
                foreach (var contribution in sweep.ContributionsTo(source)
                    .Where(contribution => ReferenceEquals(contribution.Consumer, operation)))
                    Claim(contribution.Gradient, source, operation);
            }
        }
    }

    /// <summary>The node whose gradient it is part of, and the one that hands it back;
    /// the latter is null where it is the sum of what several hand back. Null for a node of the graph itself.</summary>
    public (Node Source, Operation? Consumer)? Of(Node node) => _origins.TryGetValue(node, out var origin) ? origin : null;

    private void Claim(Node gradient, Node source, Operation? consumer)
    {
        var open = new Stack<Node>([gradient]);
        while (open.TryPop(out var node))
        {
            if (_forward.Contains(node) || !_origins.TryAdd(node, (source, consumer))) continue;
            foreach (var input in node.InputArray) open.Push(input);
        }
    }
}
