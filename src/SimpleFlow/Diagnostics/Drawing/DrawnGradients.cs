namespace SimpleFlow;

/// <summary>The nodes of back-propagation as a drawing sees them: of which nodes each is the
/// gradient, and which node's rule made it.</summary>
internal sealed class DrawnGradients
{
    private readonly BackwardSweep _sweep;
    private readonly Dictionary<Node, List<Node>> _gradientOf = new(ReferenceEqualityComparer.Instance);

    /// <param name="losses">What is differentiated: their sum, if there are several.</param>
    /// <exception cref="GraphException">The graph has a loop.</exception>
    public DrawnGradients(IReadOnlyList<Node> losses)
    {
        Loss = losses.Count == 1 ? losses[0] : SumOf(losses);
        var leaves = GraphOrder.Of([Loss], valuesOnly: true);
        Node[] variables = [.. leaves.OfType<Variable>().Where(variable => variable.IsTrainable)];
        Node[] targets = variables.Length > 0 ? variables
            : [.. leaves.OfType<Placeholder>().Where(placeholder => placeholder.ElementType == ElementType.Float32)];
        _sweep = new BackwardSweep(Loss, targets);
        Results = [.. targets.Select(_sweep.GradientOf).OfType<Node>()];
        foreach (var node in _sweep.Order)
        {
            if (_sweep.GradientOf(node) is not { } gradient) continue;
            if (!_gradientOf.TryGetValue(gradient, out var nodes)) _gradientOf[gradient] = nodes = [];
            nodes.Add(node);
        }
    }

    /// <summary>What is differentiated.</summary>
    public Node Loss { get; }

    /// <summary>The gradients of the variables.</summary>
    public IReadOnlyList<Node> Results { get; }

    /// <summary>∂loss/∂<paramref name="node"/>, if the sweep reached the node.</summary>
    public Node? GradientOf(Node node) => _sweep.GradientOf(node);

    /// <summary>The nodes whose gradient <paramref name="gradient"/> is: several if a gradient is handed on unchanged, as by a
    /// sum.</summary>
    public IReadOnlyList<Node> NodesOf(Node gradient) => _gradientOf.TryGetValue(gradient, out var nodes) ? nodes : [];

    /// <summary>For every node that the sweep added: the node of the forward graph whose gradient rule it belongs to.</summary>
    public Dictionary<Node, Node> Owners(IReadOnlySet<Node> forward)
    {
        var owners = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        var contributions = _sweep.Order.SelectMany(_sweep.ContributionsTo)
            .ToLookup<Contribution, Node>(contribution => contribution.Consumer, ReferenceEqualityComparer.Instance);
        for (var i = _sweep.Order.Count - 1; i >= 0; i--)
        {
            var consumer = _sweep.Order[i];
            if (_sweep.GradientOf(consumer) is { } arriving) Claim(arriving, consumer);
            foreach (var contribution in contributions[consumer].OrderBy(contribution => contribution.Input))
                Claim(contribution.Gradient, consumer);
        }
        return owners;

        void Claim(Node gradient, Node owner)
        {
            var open = new Stack<Node>([gradient]);
            while (open.TryPop(out var node))
            {
                if (forward.Contains(node) || !owners.TryAdd(node, owner)) continue;
                foreach (var input in node.InputArray) open.Push(input);
            }
        }
    }

    private static Node SumOf(IReadOnlyList<Node> losses)
    {
        var sum = Number(losses[0]);
        for (var i = 1; i < losses.Count; i++) sum = Flow.AddFlow(sum, new Add(Number(losses[i])), i == losses.Count - 1 ? "total" : null);
        return sum;
    }

    private static Node Number(Node loss) => loss.Shape.Rank == 0 ? loss : loss.Sum();
}
