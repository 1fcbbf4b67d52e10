using System.Text;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>Tells all that is not supported before anything is built, so that nobody has to find out piece by piece.</summary>
internal static class Support
{
    // A graph in a graph: far more than any exporter nests, and few enough for any stack.
    private const int DeepestNesting = 64;

    // More names than a person reads.
    private const int MostNames = 5;

    /// <exception cref="OnnxException">An op is not supported.</exception>
    public static void Require(ModelProto model)
    {
        var missing = Missing(model);
        if (missing.Count == 0) return;
        var text = new StringBuilder($"{NumberOf(missing.Sum(one => one.Nodes.Count), "node")} of "
            + $"{NumberOf(missing.Count, "op")} that SimpleFlow does not support:");
        foreach (var (op, nodes) in missing)
        {
            text.Append($"\n  {op}, {nodes.Count} ×: {string.Join(", ", nodes.Take(MostNames).Select(name => $"'{name}'"))}"
                + $"{(nodes.Count > MostNames ? ", …" : "")}");
        }
        text.Append("\nExport the model without them, or cut it before the first.");
        throw new OnnxException(text.ToString());
    }

    /// <summary>The ops that are not supported, each with the names of its nodes.</summary>
    public static IReadOnlyList<(string Op, IReadOnlyList<string> Nodes)> Missing(ModelProto model)
    {
        var found = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        var functions = model.Functions.Select(function => (ModelContext.Standard(function.Domain), function.Name)).ToHashSet();
        Look(model.Graph.Node, ModelContext.OpsetsOf(model.OpsetImport), 0);
        foreach (var function in model.Functions) Look(function.Node, ModelContext.OpsetsOf(function.OpsetImport), 0);
        return [.. found.Select(one => (one.Key, (IReadOnlyList<string>)one.Value))];

        void Look(IEnumerable<NodeProto> nodes, Dictionary<string, int> opsets, int depth)
        {
            if (depth > DeepestNesting) throw new OnnxException($"graphs are nested more than {DeepestNesting} deep.");
            foreach (var node in nodes)
            {
                var domain = ModelContext.Standard(node.Domain);
                if (!functions.Contains((domain, node.OpType))
                    && OperatorTable.Find(domain, node.OpType, opsets.GetValueOrDefault(domain, 1)) is null)
                {
                    var op = domain.Length == 0 ? node.OpType : $"{domain}.{node.OpType}";
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

    private static string NumberOf(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
