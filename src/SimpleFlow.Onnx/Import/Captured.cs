using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>The names that the graphs within a node take from the graph around it, as a function takes variables from around it.</summary>
internal static class Captured
{
    public static IEnumerable<string> By(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is { } graph ? [graph, .. attribute.Graphs] : attribute.Graphs.AsEnumerable())
            .SelectMany(By);

    private static IEnumerable<string> By(GraphProto graph)
    {
        var own = graph.Input.Select(input => input.Name).Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.Node.SelectMany(node => node.Output)).ToHashSet(StringComparer.Ordinal);
        return graph.Node.SelectMany(node => node.Input.Concat(By(node))).Concat(graph.Output.Select(output => output.Name))
            .Where(name => name.Length > 0 && !own.Contains(name)).Distinct(StringComparer.Ordinal);
    }

    /// <summary>The graphs within a node, with those within their nodes.</summary>
    public static IEnumerable<GraphProto> Graphs(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is { } graph ? [graph, .. attribute.Graphs] : attribute.Graphs.AsEnumerable())
            .SelectMany(graph => graph.Node.SelectMany(Graphs).Prepend(graph));
}
