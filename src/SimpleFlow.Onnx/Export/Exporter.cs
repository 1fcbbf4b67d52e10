namespace SimpleFlow.Onnx.Export;

/// <summary>Writes the nodes of one op of SimpleFlow as nodes of ONNX.</summary>
/// <param name="Op">The type of the op.</param>
/// <param name="Write">Writes a node; it ends with <see cref="ExportNode.Result"/>.</param>
internal sealed record Exporter(Type Op, Action<ExportNode> Write)
{
    /// <summary>The oldest op set that has what a node of this op needs.</summary>
    public Func<Op, int> Since { get; init; } = _ => OnnxExportOptions.OldestOpset;

    public static Exporter Of<T>(Action<ExportNode, T> write, Func<T, int>? since = null) where T : Op =>
        new(typeof(T), node => write(node, (T)node.Op))
        {
            Since = op => since?.Invoke((T)op) ?? OnnxExportOptions.OldestOpset,
        };

    /// <summary>An op that ONNX has under a name, with the same inputs and nothing to set.</summary>
    public static Exporter Same<T>(string name) where T : Op => new(typeof(T), node => node.Result(name, node.Inputs));
}
