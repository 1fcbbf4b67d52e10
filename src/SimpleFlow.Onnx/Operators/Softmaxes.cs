namespace SimpleFlow.Onnx.Operators;

/// <summary>Softmax and its relatives. Up to version 12 they work on a matrix: all axes from the given one on are one row.</summary>
internal static class Softmaxes
{
    public static IEnumerable<Operator> All =>
        [
        .. Both("Softmax", (x, axis) => x.Softmax(axis)),
        .. Both("LogSoftmax", (x, axis) => x.LogSoftmax(axis)),
        .. Both("Hardmax", Hardmax),
        ];

    private static IEnumerable<Operator> Both(string name, Func<Node, int, Node> build)
    {
        yield return new(name, node => node.Result(OfMatrix(node, build)))
        {
            Until = 12,
            AtKnownSizes = node => node.Axis(node.Int("axis", 1), node.Input(0).Rank) != node.Input(0).Rank - 1,
            OpenShapes = node => [node.Input(0).Shape],
        };
        yield return new(name, node => node.Result(build(node.Float(0), (int)node.Int("axis", -1))))
        {
            Since = 13,
            AtKnownSizes = node => name == "Hardmax" && node.Input(0).Shape[node.Axis(node.Int("axis", -1), node.Input(0).Rank)] is null,
            OpenShapes = node => [node.Input(0).Shape],
        };
    }

    private static Node OfMatrix(OnnxNode node, Func<Node, int, Node> build)
    {
        var x = node.Float(0);
        var axis = node.Axis(node.Int("axis", 1), x.Shape.Rank);
        if (axis == x.Shape.Rank - 1) return build(x, axis);
        var rows = x.Shape.Take(axis).Aggregate(1L, (product, size) => product * size!.Value);
        return build(x.Reshape([rows, x.Shape.Skip(axis).Aggregate(1L, (product, size) => product * size!.Value)]), 1).Reshape(x.Shape);
    }

    // 1 at the first of the largest, 0 elsewhere.
    private static Node Hardmax(Node x, int axis)
    {
        if (axis < 0) axis += x.Shape.Rank;
        var hot = x.ArgMax(axis).OneHot((int)x.Shape[axis]!.Value);        // the classes come last
        int[] order = [.. Enumerable.Range(0, axis), x.Shape.Rank - 1, .. Enumerable.Range(axis, x.Shape.Rank - 1 - axis)];
        return axis == x.Shape.Rank - 1 ? hot : hot.Transpose(order);
    }
}
