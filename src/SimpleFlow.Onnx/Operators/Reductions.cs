namespace SimpleFlow.Onnx.Operators;

/// <summary>Sums, means, extremes and norms along axes. The axes are an attribute up to version 17, an input since (of ReduceSum since
/// 13).</summary>
internal static class Reductions
{
    public static IEnumerable<Operator> All =>
        [
        Of("ReduceSum", 13, (x, axes) => x.Sum(axes, keep: true)) with { Total = numbers => numbers.Sum() },
        Of("ReduceMean", 18, (x, axes) => x.Mean(axes, keep: true)),
        Of("ReduceMax", 18, (x, axes) => x.Max(axes, keep: true)) with { Total = numbers => numbers.Max() },
        Of("ReduceMin", 18, (x, axes) => -(-x).Max(axes, keep: true)) with { Total = numbers => numbers.Min() },
        Of("ReduceL1", 18, (x, axes) => x.Abs().Sum(axes, keep: true)),
        Of("ReduceL2", 18, (x, axes) => x.Power(2).Sum(axes, keep: true).Sqrt()),
        Of("ReduceSumSquare", 18, (x, axes) => x.Power(2).Sum(axes, keep: true)),
        Of("ReduceLogSum", 18, (x, axes) => x.Sum(axes, keep: true).Log()),
        Of("ReduceLogSumExp", 18, LogSumExp),
        Of("ReduceProd", 18, Product) with
        {
            AtKnownSizes = Operator.Always,
            OpenShapes = node => [ShapeOf(node, 18)],
            Total = numbers => numbers.Aggregate(1.0, (product, number) => product * number),
        },
        ];

    private static Operator Of(string name, int axesAreInputSince, Func<Node, int[], Node> build) =>
        new(name, node => node.Result(Along(node, axesAreInputSince, build))) { Settings = [1] };

    private static int[] AxesOf(OnnxNode node, int axesAreInputSince)
    {
        var rank = node.Input(0).Rank;
        var axes = node.Axes(rank, input: 1, axesAreInputSince);
        return axes is { Length: > 0 } ? axes : node.Flag("noop_with_empty_axes") ? [] : [.. Enumerable.Range(0, rank)];
    }

    private static Node Along(OnnxNode node, int axesAreInputSince, Func<Node, int[], Node> build)
    {
        var x = node.Float(0);
        var axes = AxesOf(node, axesAreInputSince);
        Array.Sort(axes);
        if (axes.Length == 0 && node.Input(0).Rank > 0) return x;
        var kept = axes.Length == 0 ? Restored(build(x.Reshape([1]), [0]), Shape.Scalar) : build(x, axes);
        return node.Flag("keepdims", true) || axes.Length == 0 ? kept : Ranks.Squeezed(kept, axes);
    }

    private static Node Restored(Node x, Shape shape) => x.Reshape(shape);

    private static Shape ShapeOf(OnnxNode node, int axesAreInputSince)
    {
        var (axes, shape) = (AxesOf(node, axesAreInputSince), node.Input(0).Shape);
        return Shape.Create([.. shape.Select((size, axis) => axes.Contains(axis) ? 1 : size)
            .Where((_, axis) => node.Flag("keepdims", true) || !axes.Contains(axis))]);
    }

    private static Node LogSumExp(Node x, int[] axes)
    {
        var largest = x.Max(axes, keep: true).Maximum(float.MinValue).StopGradient();
        return (x - largest).Exp().Sum(axes, keep: true).Log() + largest;
    }

    // Halves are multiplied until one is left, so that the gradient needs no division by what may be 0.
    private static Node Product(Node x, int[] axes)
    {
        foreach (var axis in axes)
        {
            var length = x.Shape[axis]!.Value;
            if (length == 0) x = x.Sum(axis, keep: true) + 1f;
            for (; length > 1; length = (length + 1) / 2)
            {
                var half = length / 2;
                var product = x.Slice(axis, 0, half) * x.Slice(axis, half, 2 * half);
                x = length % 2 == 0 ? product : Flow.Concat([product, x.Slice(axis, length - 1)], axis);
            }
        }
        return x;
    }
}
