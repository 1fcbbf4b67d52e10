namespace SimpleFlow.Onnx.Operators;

/// <summary>Tensors joined along an axis, and taken apart.</summary>
internal static class Joining
{
    public static IEnumerable<Operator> All =>
        [
        new("Concat", node =>
        {
            var type = node.Type(0);
            var nodes = Enumerable.Range(0, node.InputCount).Select(i => node.Input(i).Node).ToArray();
            if (nodes.Select(one => one.ElementType).Distinct().Count() > 1)
                nodes = [.. Enumerable.Range(0, nodes.Length).Select(node.Float)];
            var axis = (int)node.Int("axis", node.Opset < 4 ? 1 : 0);
            return node.Result(nodes.Length == 1 ? nodes[0] : Flow.Concat(nodes, axis), type);
        })
        { Moves = node => [.. Enumerable.Range(0, node.InputCount)] },
        new("Split", Split)
        {
            AtKnownSizes = node => Axis(node) is var axis && node.Input(0).Shape[axis] is null && node.LongsOf("split") is null
                && node.Optional(1)?.Static is not { IsKnown: true },
            OpenShapes = node => [.. Enumerable.Range(0, node.OutputCount).Select(_ => node.Input(0).Shape.WithSize(Axis(node), null))],
            Settings = [1],
            Moves = _ => [0],
        },
        ];

    private static int Axis(OnnxNode node) => node.Axis(node.Int("axis", 0), node.Input(0).Rank);

    private static OnnxValue[] Split(OnnxNode node)
    {
        var (x, axis) = (node.Input(0).Node, Axis(node));
        var lengths = node.LongsOf("split") ?? (node.Has(1) ? node.Longs(1) : null)
            ?? Even(x.Shape[axis]!.Value, (int)node.Int("num_outputs", node.OutputCount));
        if (lengths.Length < node.OutputCount)
            throw node.Fault($"{node.OutputCount} outputs are to be split off, and {lengths.Length} lengths are given.");
        var start = 0L;
        return [.. lengths.Select(length => OnnxValue.Of(x.Slice(axis, start, start += length), node.Type(0)))];
    }

    // As many equal parts as asked for; the last is shorter if it must be.
    private static long[] Even(long length, int parts)
    {
        var each = (length + parts - 1) / parts;
        return [.. Enumerable.Range(0, parts).Select(part => Math.Clamp(length - part * each, 0, each))];
    }
}
