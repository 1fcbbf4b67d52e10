namespace SimpleFlow.Onnx.Export;

/// <summary>The nodes of a graph, each after its inputs, and who uses each. Without recursion: a graph may be thousands of nodes
/// deep.</summary>
internal sealed class UsedNodes
{
    private readonly Dictionary<Node, List<Node>> _users = new(ReferenceEqualityComparer.Instance);

    /// <param name="outputs">The graph.</param>
    /// <param name="inputsOf">The inputs of a node.</param>
    public UsedNodes(IEnumerable<Node> outputs, Func<Node, IReadOnlyList<Node>> inputsOf)
    {
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var open = new Stack<(Node Node, int Next)>();
        foreach (var output in outputs)
        {
            if (seen.Add(output)) open.Push((output, 0));
            while (open.TryPop(out var at))
            {
                var inputs = inputsOf(at.Node);
                if (at.Next == inputs.Count)
                {
                    Nodes.Add(at.Node);
                    continue;
                }
                open.Push((at.Node, at.Next + 1));
                var input = inputs[at.Next];
                if (!_users.TryGetValue(input, out var users)) _users[input] = users = [];
                users.Add(at.Node);
                if (seen.Add(input)) open.Push((input, 0));
            }
        }
    }

    public List<Node> Nodes { get; } = [];

    public IReadOnlyList<Node> UsersOf(Node node) => _users.TryGetValue(node, out var users) ? users : [];
}
