namespace SimpleFlow.Onnx.Operators;

/// <summary>Numbers that the file fixes.</summary>
internal static class Constants
{
    public static IEnumerable<Operator> All =>
        [
        new("Constant", node =>
        {
            if (node.Tensor("value") is { } tensor) return [Weights.Constant(TensorData.Of(tensor, node.Graph.Model.Folder))];
            if (node.Floats("value_floats") is { } floats) return Of([floats.Length], floats.Select(one => (double)one), DataType.Float);
            if (node.LongsOf("value_ints") is { } ints) return Of([ints.Length], ints.Select(one => (double)one), DataType.Int64);
            if (node.HasAttribute("value_float")) return Of([], [node.Float("value_float", 0)], DataType.Float);
            if (node.HasAttribute("value_int")) return Of([], [node.Int("value_int", 0)], DataType.Int64);
            throw node.Fault("its value is neither numbers nor a tensor; texts and sparse tensors are not supported.");
        }),
        new("EyeLike", node =>
        {
            var shape = node.Input(0).Shape;
            if (shape is not { Rank: 2, IsKnown: true }) throw node.Fault($"it needs a matrix of known sizes, and the input is {shape}.");
            var (rows, columns, diagonal) = ((int)shape[0]!, (int)shape[1]!, node.Int("k", 0));
            Effort.Require((long)rows * columns);
            var numbers = new double[rows * columns];
            for (var row = 0; row < rows; row++)
                if (row + diagonal >= 0 && row + diagonal < columns) numbers[row * columns + row + diagonal] = 1;
            return Of([rows, columns], numbers, (DataType)node.Int("dtype", (long)node.Type(0)));
        }),
        ];

    private static OnnxValue[] Of(int[] sizes, IEnumerable<double> numbers, DataType type) =>
        [OnnxValue.Of(new StaticTensor(sizes, numbers.ToArray()), type)];
}
