namespace SimpleFlow;

/// <summary>Lists the nodes that some outputs depend on, inputs before the nodes computed from them.</summary>
internal static class GraphOrder
{
    private enum Visit
    {
        Open,
        Done,
    }

    /// <summary>Walks depth first without recursion, so that only memory limits the depth of a graph.</summary>
    /// <param name="outputs">Where to start.</param>
    /// <param name="valuesOnly">Whether to leave out nodes whose shape alone matters.</param>
    /// <param name="cancellation">Cancels between two nodes.</param>
    /// <exception cref="GraphException">The graph has a loop.</exception>
    public static List<Node> Of(IEnumerable<Node> outputs, bool valuesOnly = false, CancellationToken cancellation = default)
    {
        var order = new List<Node>();
        var visits = new Dictionary<Node, Visit>(ReferenceEqualityComparer.Instance);
        var path = new Stack<(Node Node, int Next)>();
        foreach (var output in outputs)
        {
            if (visits.ContainsKey(output)) continue;
            visits[output] = Visit.Open;
            path.Push((output, 0));
            while (path.TryPop(out var at))
            {
                cancellation.ThrowIfCancellationRequested();
                var (node, next) = at;
                if (next == node.InputArray.Length)
                {
                    visits[node] = Visit.Done;
                    order.Add(node);
                    continue;
                }
                path.Push((node, next + 1));
                if (valuesOnly && node is Operation operation && operation.Op.UsesOnlyShape(next)) continue;
                var input = node.InputArray[next];
                if (!visits.TryGetValue(input, out var visit))
                {
                    visits[input] = Visit.Open;
                    path.Push((input, 0));
                }
                else if (visit == Visit.Open)
                {
                    throw GraphException.Loop(input);
                }
            }
        }
        return order;
    }
}
