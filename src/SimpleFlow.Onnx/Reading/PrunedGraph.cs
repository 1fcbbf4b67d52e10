using Google.Protobuf.Collections;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>A graph of a file up to some of its values: what only others need is left out, so it need not be supported.</summary>
internal static class PrunedGraph
{
    private const int MostListed = 5;

    /// <summary>Makes values the outputs of a graph, and leaves out what they are not computed from.</summary>
    /// <param name="graph">The graph; it is changed.</param>
    /// <param name="outputs">The names of the values, or of the nodes that make them.</param>
    /// <exception cref="OnnxException">There is no such value.</exception>
    public static void To(GraphProto graph, IReadOnlyList<string> outputs)
    {
        var makers = graph.Node.SelectMany(node => node.Output.Select(output => (output, node)))
            .DistinctBy(one => one.output, StringComparer.Ordinal)
            .ToDictionary(one => one.output, one => one.node, StringComparer.Ordinal);
        string[] ends = [.. outputs.Select(output => Named(graph, output))];
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>(ends);
        while (open.TryPop(out var name))
        {
            if (name.Length == 0 || !needed.Add(name) || !makers.TryGetValue(name, out var node)) continue;
            foreach (var input in node.Input.Concat(Captured.By(node))) open.Push(input);
        }
        var types = graph.ValueInfo.Concat(graph.Output).DistinctBy(info => info.Name, StringComparer.Ordinal)
            .ToDictionary(info => info.Name, info => info.Type, StringComparer.Ordinal);
        Keep(graph.Input, input => needed.Contains(input.Name));
        Keep(graph.Node, node => node.Output.Any(needed.Contains));
        Keep(graph.Initializer, tensor => needed.Contains(tensor.Name));
        Keep(graph.ValueInfo, info => needed.Contains(info.Name));
        graph.Output.Clear();
        graph.Output.AddRange(ends.Select(end => new ValueInfoProto { Name = end, Type = types.GetValueOrDefault(end) }));
    }

    /// <summary>The value of a name: its own, or that of the node that makes it.</summary>
    /// <exception cref="OnnxException">There is none.</exception>
    public static string Named(GraphProto graph, string name)
    {
        var values = graph.Node.SelectMany(node => node.Output).Where(one => one.Length > 0).ToList();
        if (values.Contains(name)) return name;
        if (graph.Node.FirstOrDefault(node => node.Name == name) is { Output: [var first, ..] }) return first;
        throw new OnnxException($"the file has no value '{name}' to cut it at.{Similar.Question(name, values)} The last ones are "
            + string.Join(", ", values.TakeLast(MostListed).Select(one => $"'{one}'")) + "; OnnxContents.Of(path).Values lists all.");
    }

    private static void Keep<T>(RepeatedField<T> list, Predicate<T> isKept)
    {
        T[] kept = [.. list.Where(one => isKept(one))];
        list.Clear();
        list.AddRange(kept);
    }
}
