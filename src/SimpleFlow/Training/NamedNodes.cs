namespace SimpleFlow;

/// <summary>The nodes of a graph by the names that people know: their own, and those of layers. A layer names its variables, as in
/// <c>hidden/w</c>; what is called <c>hidden</c> is what it computes from them, after its activation function.</summary>
/// <param name="order">The nodes of the graph, inputs before what is computed from them.</param>
internal sealed class NamedNodes(IReadOnlyList<Node> order)
{
    /// <summary>All names: first of nodes, then of layers.</summary>
    public IReadOnlyList<string> Names => [.. order.Select(node => node.Name).OfType<string>()
        .Concat(order.OfType<Variable>().Select(LayerOf).OfType<string>()).Distinct(StringComparer.Ordinal)];

    /// <summary>The nodes of a name, of which there should be one.</summary>
    public Node[] Called(string name)
    {
        Node[] found = [.. order.Where(node => node.Name == name)];
        return found.Length > 0 ? found : OutputOf(name) is { } output ? [output] : [];
    }

    // The last op that reads one of the layer's variables, and what is computed from that alone, element by element and without a name of
    // its own: the activation function, which may be made of several ops.
    private Node? OutputOf(string layer)
    {
        var last = order.OfType<Operation>().LastOrDefault(node => node.InputArray.Any(input => IsOf(layer, input)));
        if (last is null) return null;
        var own = new HashSet<Node>(ReferenceEqualityComparer.Instance) { last };
        foreach (var node in order.OfType<Operation>())
        {
            if (node is { Op: Elementwise, Name: null } && node.InputArray.Any(own.Contains)
                && Array.TrueForAll(node.InputArray, input => input is Constant || own.Contains(input)))
                own.Add(node);
        }
        Node[] used = [.. own.Where(node => !order.Any(other => other.InputArray.Contains(node))
            || order.Any(other => !own.Contains(other) && other.InputArray.Contains(node)))];
        return used is [var output] ? output : last;
    }

    // A bias [channels] becomes [channels, 1, 1] before it is added.
    private static bool IsOf(string layer, Node input) => input switch
    {
        Variable variable => LayerOf(variable) == layer,
        Operation { Op: Unsqueeze or Reshape } view => view.InputArray[0] is Variable shaped && LayerOf(shaped) == layer,
        _ => false,
    };

    private static string? LayerOf(Variable variable) =>
        variable.Name!.LastIndexOf('/') is > 0 and var slash ? variable.Name[..slash] : null;
}
