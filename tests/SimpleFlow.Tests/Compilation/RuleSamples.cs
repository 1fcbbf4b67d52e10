using SimpleFlow.Kernels.Products;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Compilation;

/// <summary>Graphs with something that a rule of the compiler applies to, and others with what is nearly that.</summary>
internal static class RuleSamples
{
    /// <summary>All of them, by number.</summary>
    public static IReadOnlyList<Sample> All { get; } =
        [
        .. ((Func<Node, Node>[])[.. Simplified, .. Lowered, .. OnlyShapes, .. Joined, .. Grouped])
            .Select((build, i) => new Sample($"rule {i}", [Input.Any([2, 3])], x => build(x[0]))),
    ];

    // What is left out, folded, merged and stretched.
    private static Func<Node, Node>[] Simplified =>
    [
        x => x + -0f, x => -0f + x, x => x + 0f, x => 0f + x, x => x - 0f, x => x * 1f, x => 1f * x, x => x / 1f, x => x.Power(1),
        x => x.Dropout(0), x => x.Cast(), x => x.StopGradient() * x, x => x.Slice(0, 0), x => x.Pad(0, 0, 0), x => x.Transpose([0, 1]),
        x => x.Reshape([2, 3]), x => x.Reshape([6]).Reshape([3, 2]), x => x.Broadcast([2, 3]), x => Flow.Concat([x], 0),
        x => Flow.Concat([Flow.Concat([x, x], 0), x], 0), x => x.Reshape([1, 2, 3]).Sum(axis: 0), x => x.Reshape([1, 2, 3]).Mean(axis: 0),
        x => x.Reshape([1, 2, 3]).Max(axis: 0), x => x.Reshape([1, 2, 3]).MatMul(x, transposeRight: true),
        x => Flow.AddFlow(x.Reshape([1, 2, 3]), new PackedMatMul(Ramp([2, 3, TileShape.Best.Width]))),
        x => x.Pad(0, 0, 2) + x.Pad(0, 2, 0), x => x.Sum() + ((Node)0f).Broadcast([2, 3]), x => x.Pad(0, 0, 1) + x.Pad(0, 1, 0),
        x => x.ArgMax(0).Cast() * x.Sum(axis: 0), x => x.RandomUniform() * x, x => x.RandomNormal() + x, x => x.RandomMask(0.5f) * x,
        x => x.Dropout(0.5f), x => x.Gather(new Constant([1.0, 0], [2], ElementType.Int32)), x => x.ArgMax(1).OneHot(3) * x,
        x => Flow.AddFlow(x.ArgMax(1), new CheckClasses(x, null)).OneHot(3) * x, x => x.Transpose().Transpose([1, 0]), x => -(-x),
        x => Gradients.Of(x.Reshape([1, 1, 2, 3]).MaxPool2D(2, 1).Power(2).Sum(), x)[0],
        x => x.Reshape([1, 1, 2, 3]).AveragePool2D(2, 1).Power(2), x => x * ((Node)2f + 1f),
        x => x.Sum() * new Constant("largest", new float[4096]).Exp().Sum(),
        x => x.Sum() * new Constant("too large", new float[4097]).Exp().Sum(), x => x.Exp() + x.Exp(),
        x => 1f / x.Clip(-0f, 5) + 1f / x.Clip(0, 5), x => x + ((Node)3f).Broadcast([2, 3]), x => x + x.Sum(axis: 0).Broadcast([4, 2, 3]),
        x => Flow.AddFlow(x.Sum(), new Guard([((Node)2f).Broadcast([2, 3]), x])).Cast().Sum() * x,
    ];

    // Axes are brought to where kernels want them: of the last axis nothing is moved, and of axes side by side nothing is cut.
    private static Func<Node, Node>[] Lowered =>
    [
        x => Flow.AddFlow(x, new SumLike(x.Sum(axis: 0))),
        x => x.Softmax(0), x => x.Softmax(1), x => x.LogSoftmax(0), x => x.LogSoftmax(-1),
        .. ((Func<Node, int[], Node>[])[(x, axes) => x.Sum(axes), (x, axes) => x.Mean(axes), (x, axes) => x.Max(axes)])
            .SelectMany(reduce => ((int[][])[[0], [0, 1], [0, 2], [1, 2], [0, 1, 3], [0, 2, 3], [1, 3]])
                .Select(axes => (Func<Node, Node>)(x => reduce(x.Reshape([1, 2, 3, 1]) * Ramp([2, 2, 3, 2]), axes)))),
        x => x.Slice(1, 0, 2).Power(2), x => x.Slice(1, 0, 3, step: 2).Power(2), x => x.Slice(0, 1, null, step: 7).Power(2),
        x => x.Reshape([1, 1, 2, 3]).ConvTranspose2D(Ramp([1, 2, 2, 2])), x => x + ((Node)2f).Broadcast([1, 3]),
        x => Gradients.Of(Flow.Concat([x, x * 2f], 1).Power(2).Sum(), x)[0], x => x.Flatten().Power(2),
        x => x.Sum(axis: 1).Power(2) * x.Mean(), x => Gradients.Of(Flow.AddFlow(x, new Centred()).Power(2).Sum(), x)[0],
    ];

    // What is computed before and read for its shape alone, and variables and constants, which are there anyway.
    private static Func<Node, Node>[] OnlyShapes =>
    [
        x => x.Exp().RandomUniform() * x, x => x.Exp().RandomNormal() * x, x => x.Exp().RandomMask(0.5f) * x, x => x.RandomUniform() * x,
        x => Gradients.Of(x.Exp().Slice(1, 0, 3, step: 2).Sum(), x)[0], x => Gradients.Of(x.Exp().Gather(Indices).Power(2).Sum(), x)[0],
        x => Gradients.Of(x.Exp().Reshape([1, 1, 2, 3]).AveragePool2D(2, 1).Power(2).Sum(), x)[0],
        x => Gradients.Of(x.Exp().Reshape([1, 1, 2, 3]).Conv2D(Ramp([1, 1, 2, 2])).Sum(), x)[0],
        x => Gradients.Of(Ramp([1, 1, 4, 4]).Conv2D(x.Exp().Reshape([1, 1, 2, 3])).Sum(), x)[0],
    ];

    // Sums of padded parts that touch, that leave a gap, that overlap, that are used twice; parts of parts, and those that others read.
    private static Func<Node, Node>[] Joined =>
    [
        x => x.Pad(0, 0, 2) + x.Pad(0, 2, 0), x => x.Pad(0, 0, 3) + x.Pad(0, 3, 0), x => x.Pad(0, 0, 1) + x.Pad(0, 1, 0),
        x => x.Pad(0, 0, 2) + x.Pad(1, 0, 3).Reshape([4, 3]),
        x => x.Pad(0, 0, 4) + (x.Pad(0, 2, 2) + x.Pad(0, 4, 0)), x => (x.Pad(0, 0, 2) + x.Pad(0, 2, 0)).Power(2) * x.Pad(0, 0, 2),
        x => Flow.Concat([Flow.Concat([x, x], 0), x], 0), x => Flow.Concat([Flow.Concat([x, x], 0), Flow.Concat([x, x], 0)], 1),
        x => Twice(Flow.Concat([x, x], 0), x),
    ];

    // Chains of elementwise operations as long as a group, and one longer; and products of a batch of fewer than the parts, and of more.
    private static Func<Node, Node>[] Grouped =>
    [
        x => Chain(x, 48), x => Chain(x, 49), x => Chain(x, 97),
        x => x.Reshape([2, 3, 1]).MatMul(Ramp([1, 4])), x => x.Reshape([2, 1, 3]).MatMul(Ramp([2, 3, 5])),
        x => (x.Reshape([2, 3, 1]) * Ramp([2, 3, 3])).MatMul(Ramp([4, 2, 3, 3])),
    ];

    private static Constant Indices => new([1.0, 0, 1], [3], ElementType.Int32);

    private static Node Chain(Node x, int length) =>
        Enumerable.Range(0, length).Aggregate(x, (node, i) => i % 2 == 0 ? node.Tanh() : node + 0.25f);

    private static Node Twice(Node joined, Node x) => Flow.Concat([joined, x], 0).Sum() * joined;

    private static Constant Ramp(Shape shape) =>
        new([.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => 0.25 + 0.125 * i)], shape, ElementType.Float32);
}
