namespace SimpleFlow.Onnx.Operators;

/// <summary>The largest or least elements along an axis, in order, and where they are. Of equal ones the first comes first.</summary>
internal static class Sorting
{
    public static IEnumerable<Operator> All =>
        [
        new("TopK", node =>
        {
            var x = node.Float(0);
            var axis = node.Axis(node.Int("axis", -1), x.Shape.Rank);
            var count = node.Opset < 10 ? node.Int("k", 0) : (long)node.Number(1);
            if (count < 0 || count > x.Shape[axis]) throw node.Fault($"{count} of {x.Shape[axis]} elements are asked for.");
            var places = Flow.AddFlow(x, new SortedPlaces(axis, (int)count, node.Flag("largest", true)));
            var sizes = x.Shape.Select(size => (int)size!.Value).ToArray();
            var values = x.Reshape([Indexing.Count(sizes)]).Gather(Gathering.FlatPlaces(places, sizes, axis).ToIndices());
            return [OnnxValue.Of(values, node.Type(0)), OnnxValue.Of(places, DataType.Int64)];
        })
        {
            AtKnownSizes = Operator.Always,
            Settings = [1],
            OpenShapes = node =>
            {
                var shape = node.Input(0).Shape;
                long? count = node.Opset < 10 ? node.Int("k", 0) : node.Input(1).Static is { IsKnown: true } ? (long)node.Number(1) : null;
                shape = shape.WithSize(node.Axis(node.Int("axis", -1), shape.Rank), count);
                return [shape, shape];
            },
            OutputType = (node, output) => output == 0 ? node.Type(0) : DataType.Int64,
        },
        ];
}

/// <summary>Where the largest or least elements along an axis are, in order. NaN is larger than everything. Nothing flows back.</summary>
internal sealed record SortedPlaces(int Along, int Count, bool Largest) : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0].WithSize(Along, Count);

    protected override Node? Gradient(Operation node, Node upstream, int input) => null;

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var x = inputs[0].Values.ToArray();
        var y = result.Values;
        var (length, inner) = (inputs[0].Size(Along), 1);
        for (var axis = Along + 1; axis < result.Shape.Rank; axis++) inner *= result.Size(axis);
        var order = new int[length];
        for (var row = 0; row < x.Length / Math.Max(1, length); row++)
        {
            var (outer, column) = (row / inner, row % inner);
            double Element(int i) => x[(outer * length + i) * inner + column] is var value && double.IsNaN(value)
                ? double.PositiveInfinity : value;
            for (var i = 0; i < length; i++) order[i] = i;
            Array.Sort(order, (a, b) => (Largest ? Element(b).CompareTo(Element(a)) : Element(a).CompareTo(Element(b))) is var by and not 0
                ? by : a.CompareTo(b));
            for (var i = 0; i < Count; i++) y[(outer * Count + i) * inner + column] = order[i];
        }
    }
}
