using SimpleFlow.Onnx.Export.Compositions;

namespace SimpleFlow.Onnx.Export;

/// <summary>Several nodes of a graph that ONNX has one op for.</summary>
/// <param name="Inputs">What they are computed from.</param>
/// <param name="Inside">The nodes besides the last one. If anything else uses one of them, the nodes are written one by one.</param>
/// <param name="Write">Writes them; it ends with <see cref="ExportNode.Result"/>.</param>
internal sealed record Composition(IReadOnlyList<Node> Inputs, IReadOnlyList<Node> Inside, Action<ExportNode> Write)
{
    /// <summary>What each kind looks for, given the last node.</summary>
    private static readonly Func<Operation, Composition?>[] Kinds =
        [Gemm.Of, BiasedConvolution.Of, BatchNormalisation.Of, LayerNormalisation.Of, ExponentialUnit.Of,
            LongShortTermMemory.Of];

    public static Composition? EndingAt(Operation node)
    {
        foreach (var kind in Kinds)
        {
            if (kind(node) is { } composition) return composition;
        }
        return null;
    }
}
