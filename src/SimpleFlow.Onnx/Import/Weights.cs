using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>
/// What becomes of an initializer: floats of at least one axis are a variable, which training changes; whole numbers, truth values and
/// single numbers without an axis are constants.
/// </summary>
internal static class Weights
{
    // Whoever asks for the numbers of a weight wants settings: scales, limits, positions.
    public const int LargestSetting = 4096;

    public static OnnxValue Of(ModelContext model, string name, TensorProto tensor, bool trainable)
    {
        if (model.Elsewhere is { } elsewhere && tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            var sizes = TensorData.SizesOf(tensor);
            return OnnxValue.Weight(() => model.NewVariable(tensor.Name, sizes, elsewhere(tensor.Name), trainable), null, sizes,
                (DataType)tensor.DataType);
        }
        var data = TensorData.Of(tensor, model.Folder);
        if (!Are(tensor)) return Constant(data);
        var shape = Shape.Create([.. data.Sizes.Select(size => (long?)size)]);
        return OnnxValue.Weight(
            () => model.NewVariable(name, shape, Initializer.Of((values, _, _) => data.CopyTo(values), "from the file"), trainable),
            data.Count <= LargestSetting ? new StaticTensor(data.Sizes, data.Numbers()) : null, shape, data.Type);
    }

    /// <summary>Whether training changes these numbers.</summary>
    private static bool Are(TensorProto tensor) => DataTypes.IsFloat((DataType)tensor.DataType) && tensor.Dims.Count > 0;

    /// <summary>The nodes of a graph that hold its weights. Most exporters write initializers; some, such as that of PaddlePaddle, write
    /// all weights as nodes.</summary>
    public static HashSet<NodeProto> InNodes(GraphProto graph) => graph.Initializer.Any(Are) ? []
        : new(graph.Node.Where(node => node is { OpType: "Constant", Domain: "" or "ai.onnx", Output.Count: 1 }
            && InNode(node) is { } tensor && Are(tensor)), ReferenceEqualityComparer.Instance);

    public static TensorProto? InNode(NodeProto node) => node.Attribute.FirstOrDefault(one => one.Name == "value")?.T;

    public static OnnxValue Constant(TensorData data) => OnnxValue.Of(new StaticTensor(data.Sizes, data.Numbers()), data.Type);
}
