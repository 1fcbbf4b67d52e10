namespace SimpleFlow.Onnx.Operators;

/// <summary>Sums and products of all elements up to each one, along an axis; backwards, or without the element itself, if asked
/// for.</summary>
internal static class RunningTotals
{
    public static IEnumerable<Operator> All =>
        [
        new("CumSum", node =>
        {
            var x = node.Float(0);
            var axis = node.Axis((long)node.Number(1), x.Shape.Rank);
            return node.Result(Flow.AddFlow(x, new RunningSum(axis, node.Flag("exclusive"), node.Flag("reverse"))));
        })
        { Settings = [1] },
        new("CumProd", node =>
        {
            var x = node.Float(0);
            var axis = node.Axis((long)node.Number(1), x.Shape.Rank);
            var length = x.Shape[axis]!.Value;
            var one = x.Slice(axis, 0, 1) * 0f + 1f;
            var (sofar, parts) = (one, new List<Node>());
            for (var i = 0L; i < length; i++)
            {
                var at = node.Flag("reverse") ? length - 1 - i : i;
                if (node.Flag("exclusive")) parts.Add(sofar);
                sofar *= x.Slice(axis, at, at + 1);
                if (!node.Flag("exclusive")) parts.Add(sofar);
            }
            if (node.Flag("reverse")) parts.Reverse();
            return node.Result(parts.Count == 0 ? x : Flow.Concat([.. parts], axis));
        })
        { AtKnownSizes = Operator.Always, OpenShapes = node => [node.Input(0).Shape], Settings = [1] },
        ];
}

/// <summary>y = the sum of all elements up to each one along an axis. The gradient is the running sum of the upstream gradient from the
/// other end.</summary>
internal sealed record RunningSum(int Along, bool Exclusive, bool Reverse) : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0];

    protected override Node? Gradient(Operation node, Node upstream, int input) =>
        Flow.AddFlow(upstream, new RunningSum(Along, Exclusive, !Reverse));

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var x = inputs[0].Values;
        var y = result.Values;
        var (length, inner) = (result.Size(Along), 1);
        for (var axis = Along + 1; axis < result.Shape.Rank; axis++) inner *= result.Size(axis);
        for (var start = 0; start < y.Length; start++)
        {
            if (start / inner % length != 0) continue;
            var sum = 0.0;
            for (var i = 0; i < length; i++)
            {
                var at = start + (Reverse ? length - 1 - i : i) * inner;
                if (!Exclusive) sum += x[at];
                y[at] = sum;
                if (Exclusive) sum += x[at];
            }
        }
    }
}
