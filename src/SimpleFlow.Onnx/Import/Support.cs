using System.Text;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>Tells all that is not supported before anything is built, so that nobody has to find out piece by piece.</summary>
internal static class Support
{
    // More names than a person reads.
    private const int MostNames = 5;

    /// <exception cref="OnnxException">An op is not supported.</exception>
    public static void Require(ModelProto model, IReadOnlyDictionary<string, Func<OnnxReader, IReadOnlyList<Node>>>? readers = null)
    {
        var missing = Missing(model, readers);
        if (missing.Count == 0) return;
        var text = new StringBuilder($"{NumberOf(missing.Sum(one => one.Nodes.Count), "node")} of "
            + $"{NumberOf(missing.Count, "op")} that SimpleFlow does not support:");
        foreach (var (op, nodes) in missing)
        {
            text.Append($"\n  {op}, {nodes.Count} ×: {string.Join(", ", nodes.Take(MostNames).Select(name => $"'{name}'"))}"
                + $"{(nodes.Count > MostNames ? ", …" : "")}");
        }
        text.Append("\nOnnxImportOptions.Readers reads them with code of yours, and OnnxImportOptions.Outputs reads the model up to a "
            + "value before them.");
        throw new OnnxException(text.ToString());
    }

    /// <summary>The ops that are not supported, each with the names of its nodes.</summary>
    public static IReadOnlyList<OnnxOp> Missing(ModelProto model,
        IReadOnlyDictionary<string, Func<OnnxReader, IReadOnlyList<Node>>>? readers = null)
    {
        var functions = model.Functions.Select(function => (ModelContext.Standard(function.Domain), function.Name)).ToHashSet();
        return OpCounts.Of(model, (node, opsets) => ModelContext.Standard(node.Domain) is var domain
            && !functions.Contains((domain, node.OpType)) && readers?.ContainsKey(OpName.Of(domain, node.OpType)) != true
            && OperatorTable.Find(domain, node.OpType, opsets.GetValueOrDefault(domain, 1)) is null);
    }

    private static string NumberOf(int count, string what) => $"{count} {what}{(count == 1 ? "" : "s")}";
}
