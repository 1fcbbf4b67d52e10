using static SimpleFlow.Tests.Ops.Input;

namespace SimpleFlow.Tests.Ops;

/// <content>Recurrences: forwards and backwards, with several states, outputs, and products of every kind in their bodies.</content>
internal static partial class OpSamples
{
    private static IEnumerable<Sample> Scans() =>
    [
        .. new[] { false, true }.SelectMany(reverse => new Shape[] { [3, 2, 2], [null, 2, 2], [1, null, 2] }.Select(shape =>
            new Sample($"Scan of products {shape}{(reverse ? " backwards" : "")}",
                [Any(shape), Any([shape[1], 2]), Any([2, 2]), Any([2])],
                x => Recurrence([x[0]], [x[1]], reverse, (xs, states) => ([(xs[0] + states[0].MatMul(x[2]) * x[3]).Tanh()], [])),
                shape[1] is null ? [3] : [3, 1, 0]))),
        new("Scan of running sums", [Any([4])], x => Recurrence([x[0]], [0f], false, (xs, states) => ([xs[0] + states[0] * 0.5f], []))),
        new("Scan with outputs", [Any([3, 2, 2]), Any([2, 2]), Any([2, 2])], x =>
        {
            var scan = ScanBuilder.Build("Scan", [x[0]], [x[1]], ["s"], reverse: false,
                (xs, states) => ([states[0] * xs[0].Sigmoid()], [states[0].MatMul(x[2], transposeRight: true), xs[0]]), null, default);
            return ScanBuilder.Output(scan, 0).Power(2) + ScanBuilder.Output(scan, 1) * ScanBuilder.After(scan, 0);
        }),
        new("Scan of two states", [Any([3, 2, 2]), Any([2, 2]), Any([2, 2])], x => Recurrence([x[0]], [x[1], x[2]], true,
            (xs, states) => ([states[1], states[0] * xs[0]], []))),
        new("Scan of two sequences", [Any([3, 2]), Any([3, 2]), Any([2])], x => Recurrence([x[0], x[1]], [x[2]], false,
            (xs, states) => ([Flow.Select(xs[0].Greater(xs[1]), states[0] * xs[0], (states[0] * xs[1]).Tanh() + states[0])], []))),
        new("Scan of weights on the left", [Any([2, 2, 2]), Any([2, 2]), Any([2, 2])], x => Recurrence([x[0]], [x[1]], false,
            (xs, states) => ([x[2].MatMul(states[0]) + xs[0].MatMul(x[2].Transpose())], []))),
        new("Scan of which the flat result is read", [Any([2, 2]), Any([2])], x => ScanBuilder.Build("Scan", [x[0]], [x[1]], ["s"], false,
            (xs, states) => ([states[0] * xs[0]], []), null, default).Slice(0, 0, 6).Power(2)),
    ];

    private static Node Recurrence(Node[] sequences, Node[] initial, bool reverse, Func<Node[], Node[], (Node[], Node[])> step)
    {
        var scan = ScanBuilder.Build("Scan", sequences, initial, [.. initial.Select((_, i) => $"s{i}")], reverse, step, null, default);
        return Enumerable.Range(0, initial.Length).Select(i => ScanBuilder.After(scan, i).Sum(axis: 0) * ScanBuilder.Last(scan, i))
            .Aggregate((sum, one) => sum + one);
    }
}
