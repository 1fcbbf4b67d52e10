namespace SimpleFlow.Onnx.Operators;

/// <summary>Sizes as numbers, and tensors made from them.</summary>
internal static class Sizes
{
    public static IEnumerable<Operator> All =>
        [
        new("Shape", node =>
        {
            var value = node.Input(0);
            var rank = value.Rank;
            var start = Clamped(node.Int("start", 0), rank);
            var end = Clamped(node.Int("end", rank), rank);
            var sizes = Enumerable.Range(start, Math.Max(0, end - start)).Select(axis => SizeOf(value, axis)).ToArray();
            return [OnnxValue.Of(new StaticTensor([sizes.Length], sizes), DataType.Int64)];
        }),
        new("Size", node =>
        {
            var value = node.Input(0);
            var product = Enumerable.Range(0, value.Rank).Select(axis => SizeOf(value, axis))
                .Aggregate((SizeExpression)1, (sofar, size) => SizeExpression.Of("product", n => n[0] * n[1], sofar, size));
            return [OnnxValue.Of(new StaticTensor([], [product]), DataType.Int64)];
        }),
        new("ConstantOfShape", node =>
        {
            var data = node.Tensor("value") is { } tensor ? TensorData.Of(tensor, node.Graph.Model.Folder) : null;
            var type = data?.Type ?? DataType.Float;
            var number = data is { Count: > 0 } ? data.Numbers()[0] : 0;
            var shape = Shape.Create([.. node.Longs(0).Select(size => (long?)size)]);
            return [OnnxValue.Of(Constant.Of([number], [], DataTypes.Element(type)).Broadcast(shape), type)];
        })
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [Shape.Create(Shapes.Partly(node, 0))],
            OutputType = (node, _) => (DataType)(node.Tensor("value")?.DataType ?? (int)DataType.Float),
            Settings = [0],
        },
        new("Range", node =>
        {
            var (start, limit, delta) = (node.Number(0), node.Number(1), node.Number(2));
            var count = (int)Math.Clamp(Math.Ceiling((limit - start) / delta), 0, int.MaxValue);
            Effort.Require(count);
            double[] numbers = [.. Enumerable.Range(0, count).Select(i => start + i * delta)];
            return [OnnxValue.Of(new StaticTensor([count], numbers), node.Type(0))];
        })
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = _ => [[null]],
            Settings = [0, 1, 2],
        },
        ];

    private static int Clamped(long axis, int rank) => (int)Math.Clamp(axis < 0 ? axis + rank : axis, 0, rank);

    private static SizeExpression SizeOf(OnnxValue value, int axis) =>
        value.Shape[axis] is { } size ? size : SizeExpression.Of(value.Node, axis);
}
