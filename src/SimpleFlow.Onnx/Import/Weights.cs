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

    public static OnnxValue Of(ModelContext model, TensorProto tensor, bool trainable)
    {
        if (model.Elsewhere is { } elsewhere && tensor.DataLocation == TensorProto.Types.DataLocation.External)
        {
            var sizes = TensorData.SizesOf(tensor);
            return OnnxValue.Weight(() => model.NewVariable(tensor.Name, sizes, elsewhere(tensor.Name), trainable), null, sizes,
                (DataType)tensor.DataType);
        }
        var data = TensorData.Of(tensor, model.Folder);
        if (!DataTypes.IsFloat(data.Type) || data.Sizes.Length == 0) return Constant(data);
        var shape = Shape.Create([.. data.Sizes.Select(size => (long?)size)]);
        return OnnxValue.Weight(
            () => model.NewVariable(tensor.Name, shape, Initializer.Of((values, _, _) => data.CopyTo(values), "from the file"), trainable),
            data.Count <= LargestSetting ? new StaticTensor(data.Sizes, data.Numbers()) : null, shape, data.Type);
    }

    public static OnnxValue Constant(TensorData data) => OnnxValue.Of(new StaticTensor(data.Sizes, data.Numbers()), data.Type);
}
