using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>The ops of a file with the names of their nodes: of the graph, of the graphs within its nodes, and of functions.</summary>
internal static class OpCounts
{
    // A graph in a graph: far more than any exporter nests, and few enough for any stack.
    private const int DeepestNesting = 64;

    /// <param name="model">The file.</param>
    /// <param name="isCounted">Which nodes, given the op sets they are written in; all by default.</param>
    public static IReadOnlyList<OnnxOp> Of(ModelProto model, Func<NodeProto, IReadOnlyDictionary<string, int>, bool>? isCounted = null)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        Look(model.Graph.Node, ModelContext.OpsetsOf(model.OpsetImport), 0);
        foreach (var function in model.Functions) Look(function.Node, ModelContext.OpsetsOf(function.OpsetImport), 0);
        return [.. found.Select(one => new OnnxOp(one.Key, one.Value))];

        void Look(IEnumerable<NodeProto> nodes, Dictionary<string, int> opsets, int depth)
        {
            if (depth > DeepestNesting) throw new OnnxException($"graphs are nested more than {DeepestNesting} deep.");
            foreach (var node in nodes)
            {
                if (isCounted?.Invoke(node, opsets) != false)
                {
                    var op = OpName.Of(ModelContext.Standard(node.Domain), node.OpType);
                    if (!found.TryGetValue(op, out var names)) found[op] = names = [];
                    names.Add(node.Name.Length > 0 ? node.Name : node.Output.FirstOrDefault() ?? "");
                }
                foreach (var attribute in node.Attribute)
                {
                    if (attribute.G is not null) Look(attribute.G.Node, opsets, depth + 1);
                    foreach (var graph in attribute.Graphs) Look(graph.Node, opsets, depth + 1);
                }
            }
        }
    }
}
