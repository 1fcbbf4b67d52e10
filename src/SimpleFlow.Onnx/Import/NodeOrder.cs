using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>The nodes of a graph with each after those it needs. ONNX demands that order of a file; a file that lacks it is read
/// nevertheless, and one whose nodes need each other in a circle is refused.</summary>
internal static class NodeOrder
{
    /// <param name="nodes">The nodes as they are listed.</param>
    /// <param name="isKnown">Whether a name is known before any node has run.</param>
    /// <exception cref="OnnxException">Two nodes make the same name, one needs a name that nobody makes, or they form a circle.</exception>
    public static List<NodeProto> Of(IReadOnlyList<NodeProto> nodes, Predicate<string> isKnown)
    {
        var maker = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var output in nodes[i].Output)
            {
                if (output.Length > 0 && !maker.TryAdd(output, i))
                    throw new OnnxException($"{OnnxNode.LabelOf(nodes[i])}: the result '{output}' is already made by "
                        + $"{OnnxNode.LabelOf(nodes[maker[output]])}.");
            }
        }
        var (users, waits) = (new List<int>[nodes.Count], new int[nodes.Count]);
        for (var i = 0; i < nodes.Count; i++)
        {
            foreach (var name in nodes[i].Input.Concat(Captured.By(nodes[i])).Distinct(StringComparer.Ordinal))
            {
                if (name.Length == 0) continue;
                if (maker.TryGetValue(name, out var from))
                {
                    (users[from] ??= []).Add(i);
                    waits[i]++;
                }
                else if (!isKnown(name))
                {
                    throw new OnnxException($"{OnnxNode.LabelOf(nodes[i])} needs '{name}', which is no input of the graph, no initializer, "
                        + "and no result of a node.");
                }
            }
        }
        var ready = new PriorityQueue<int, int>(Enumerable.Range(0, nodes.Count).Where(i => waits[i] == 0).Select(i => (i, i)));
        var order = new List<NodeProto>(nodes.Count);
        while (ready.TryDequeue(out var next, out _))
        {
            order.Add(nodes[next]);
            foreach (var user in users[next] ?? [])
            {
                if (--waits[user] == 0) ready.Enqueue(user, user);
            }
        }
        return order.Count == nodes.Count ? order : throw new OnnxException(
            $"{OnnxNode.LabelOf(nodes[Array.FindIndex(waits, count => count > 0)])}: its value would depend on itself. The nodes of a "
                + "graph must not form a circle.");
    }
}
