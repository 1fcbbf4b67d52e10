using static SimpleFlow.Tests.Ops.Input;

namespace SimpleFlow.Tests.Ops;

/// <summary>The catalogue: sample graphs for every op, over ranks 0 to 5, sizes 0 and 1, stretching
/// in every position, and unknown sizes.</summary>
internal static partial class OpSamples
{
    public static IReadOnlyDictionary<string, Sample> All => field ??= new[]
    {
        OneInput(), TwoInputs(), ThreeInputs(), Reductions(), NormalisedAxes(), CrossEntropies(), Products(), NewShapes(), Parts(),
        Indices(), Convolutions(), Pools(), RandomNumbers(), Assignments(), Scans(),
    }.SelectMany(samples => samples).ToDictionary(sample => sample.Name, StringComparer.Ordinal);

    /// <summary>One shape of every rank, sizes of 0 and 1, and unknown sizes.</summary>
    private static readonly Shape[] Shapes = [[], [4], [2, 3], [2, 1, 3], [1, 2, 2, 1], [2, 1, 2, 1, 2], [0], [2, 0, 3], [1], [null],
        [null, 2], [2, null, 1]];

    private static IEnumerable<Shape> KnownShapes => Shapes.Where(shape => shape.IsKnown);

    /// <summary>An op on one input of every shape.</summary>
    private static IEnumerable<Sample> OnEveryShape(string name, Func<Shape, Input> input, Func<Node, Node> build, bool blocks = false) =>
        Shapes.Select(shape => new Sample($"{name} {shape}", [input(shape)], x => build(x[0]), [2, 1, 0], blocks));

    private static IEnumerable<Sample> OneInput() =>
    [
        .. OnEveryShape("Abs", Any, x => x.Abs()),
        .. OnEveryShape("Composite", Any, x => Flow.AddFlow(x, new Centred())),
        .. OnEveryShape("Clip", Any, x => x.Clip(-0.31f, 0.29f)),
        new("Clip from one side", [Any([4, 4])], x => x[0].Clip(-1, float.PositiveInfinity)),
        .. OnEveryShape("Cast of floats", Any, x => x.Cast() * x),
        .. OnEveryShape("Exp", Any, x => x.Exp()),
        .. OnEveryShape("Decay", Any, x => Flow.AddFlow(x, new Decay(0.9f))),
        .. OnEveryShape("Dropout", Any, x => x.Dropout(0.4f, stream: 3).Power(2)),
        new("Dropout of nothing", [Any([3, 4])], x => x[0].Dropout(0)),
        .. OnEveryShape("Elu", Any, x => x.Elu(1.3f)),
        .. OnEveryShape("Erf", Any, x => x.Erf()),
        .. OnEveryShape("Gelu", Any, x => x.Gelu()),
        .. OnEveryShape("LeakyRelu", Any, x => x.LeakyRelu(0.2f)),
        .. OnEveryShape("Log", Positive, x => x.Log()),
        .. OnEveryShape("Negate", Any, x => -x * x),
        .. OnEveryShape("Power 3", Any, x => x.Power(3)),
        .. new[] { -2f, -1, -0.5f, 0, 0.5f, 1, 1.5f, 2,
            2.7f }.Select(n => new Sample($"Power {n}", [Positive([2, 3])], x => x[0].Power(n))),
        .. new[] { -2f, -1, 0, 1, 2, 4 }.Select(n => new Sample($"Power {n} of both signs", [Any([2, 3])], x => x[0].Power(n))),
        .. OnEveryShape("Relu", Any, x => x.Relu() * x),
        .. OnEveryShape("Sigmoid", Any, x => x.Sigmoid()),
        .. OnEveryShape("Sign", Any, x => x.Sign()),
        .. OnEveryShape("Silu", Any, x => x.Silu()),
        .. KnownShapes.Select(shape => new Sample($"RunningAverage {shape}", [Any(shape)],
            x => x[0].RunningAverage(new Variable("average", shape, Initializer.Zeros(), trainable: false)).Power(2))),
        .. OnEveryShape("Softplus", Any, x => x.Softplus()),
        .. OnEveryShape("Sqrt", Positive, x => x.Sqrt()),
        .. OnEveryShape("StopGradient", Any, x => x.Exp().StopGradient(), blocks: true),
        .. OnEveryShape("Tanh", Any, x => x.Tanh()),
        .. OnEveryShape("BroadcastLike", Any, x => Flow.AddFlow(x, new BroadcastLike(x.Exp())).Power(2)),
        .. OnEveryShape("ReshapeLike", Any, x => Flow.AddFlow(x, new ReshapeLike(x.Exp())).Power(2)),
        .. OnEveryShape("CountElements", Any, x => Flow.AddFlow(x, new CountElements()) * x),
        .. OnEveryShape("Unsqueeze", Any, x => x.Unsqueeze([0]).Power(2)),
    ];

    /// <summary>Two shapes that broadcast: stretched left, right or both, in every position, by
    /// missing axes, to 0 and from unknown sizes.</summary>
    private static readonly (Shape Left, Shape Right)[] Pairs =
        [
        ([], []), ([3], [3]), ([2, 3], [2, 3]), ([], [2, 3]), ([2, 3], []), ([3], [2, 3]), ([2, 3], [1, 3]), ([2, 1], [2, 3]),
        ([2, 1], [1, 3]), ([1], [2, 3]),
        ([3], [1]), ([1], [3]), ([1, 2], [3, 1]), ([1, 2, 1], [2, 1, 2]), ([2, 1, 2], [1, 2, 1]), ([2, 1, 2, 1], [1, 2, 1, 2]),
        ([1, 2, 1, 2, 1], [2, 1, 2, 1, 2]), ([2, 1, 2, 1, 2], [1, 2, 1, 2, 1]),
        ([2, 1, 3], [4, 1]), ([1, 2, 1, 2], [2, 1, 2, 1]), ([2, 1, 2, 1, 2], [1, 2, 1]), ([1, 1], [1, 1]), ([0], [1]), ([2, 1], [2, 0]),
        ([0, 3], [3]), ([1, 3], [0, 3]),
        ([null, 3], [3]), ([null, 3], [null, 3]), ([null, 1], [null, 3]), ([1, 3], [null, 3]), ([3], [null, 3]), ([], [null]),
        ([null], [2, null]), ([null, 1], [1, null]),
    ];

    private static IEnumerable<Sample> OnEveryPair(string name, Func<Shape, Input> input, Func<Node, Node, Node> build) =>
        Pairs.Select(pair => new Sample($"{name} {pair.Left} {pair.Right}", [input(pair.Left), input(pair.Right)], x => build(x[0], x[1]),
            [3, 1, 0]));

    private static IEnumerable<Sample> TwoInputs() =>
    [
        .. OnEveryPair("Add", Any, (x, y) => x + y),
        .. OnEveryPair("Subtract", Any, (x, y) => x - y),
        .. OnEveryPair("Multiply", Any, (x, y) => x * y),
        .. OnEveryPair("Divide", Any, (x, y) => x / y),
        .. OnEveryPair("Maximum", Any, (x, y) => x.Maximum(y)),
        .. OnEveryPair("Minimum", Any, (x, y) => x.Minimum(y)),
        .. OnEveryPair("Cross-entropy of logits", Any, (x, y) => Flow.AddFlow(x, new LogisticCrossEntropy(y))),
        .. OnEveryPair("Greater", Any, (x, y) => x.Greater(y)),
        .. OnEveryPair("Less", Any, (x, y) => x.Less(y)),
        .. OnEveryPair("GreaterOrEqual", Any, (x, y) => x.GreaterOrEqual(y)),
        .. OnEveryPair("LessOrEqual", Any, (x, y) => x.LessOrEqual(y)),
        .. OnEveryPair("Equal", Any, (x, y) => x.Equal(y)),
        .. OnEveryPair("NotEqual", Any, (x, y) => x.NotEqual(y)),
        new("comparisons of whole numbers", [Whole([20, 1], 4), Whole([20], 4)], x => Flow.Concat([
            x[0].Greater(x[1]).Cast(), x[0].Less(x[1]).Cast(), x[0].GreaterOrEqual(x[1]).Cast(), x[0].LessOrEqual(x[1]).Cast(),
            x[0].Equal(x[1]).Cast(), x[0].NotEqual(x[1]).Cast(),
        ], 0)),
        new("the same operand twice", [Positive([2, 3])], x => x[0] * x[0] / (x[0] + x[0] * x[0])),
        new("numbers on both sides", [Any([null, 2])], x => 2f / (3f - x[0]) * 3f + (-x[0] - 1f) / 4f),
    ];

    private static IEnumerable<Sample> ThreeInputs()
    {
        (Shape Condition, Shape True, Shape False)[] shapes =
            [
            ([], [], []), ([3], [3], [3]), ([2, 1], [3], [1, 3]), ([2, 3], [], [3]), ([3], [2, 3], []), ([1], [2, 1], [3]),
            ([2, 0], [2, 1], [0]), ([2, 1, 2, 1, 2], [1, 2, 1], [2]),
            ([null, 1], [3], [null, 3]), ([null], [], []), ([], [null, 2], [2]), ([1, 2], [null, 2], []), .. Alternating(1),
            .. Alternating(2), .. Alternating(3), .. Alternating(4), .. Alternating(5),
        ];
        return shapes.Select(shape => new Sample(
            $"Select {shape.Condition} {shape.True} {shape.False}", [Any(shape.Condition), Any(shape.True), Any(shape.False)],
            x => Flow.Select(x[0].Greater(0f), x[1], x[2]), [2, 1, 0]));
    }

    /// <summary>Each of three operands stretched along the even axes, and along the odd ones, while the
    /// others are not or only where it is not.</summary>
    private static IEnumerable<(Shape, Shape, Shape)> Alternating(int rank)
    {
        Shape Every(Func<int, bool> isOne) => Shape.Create([.. Enumerable.Range(0, rank).Select(axis => (long?)(isOne(axis) ? 1 : 2))]);
        var (even, odd, none) = (Every(axis => axis % 2 == 0), Every(axis => axis % 2 == 1), Every(_ => false));
        return [(even, odd, none), (odd, none, even), (none, even, odd)];
    }

    private static IEnumerable<Sample> RandomNumbers() =>
    [
        .. OnEveryShape("RandomMask", Any, x => x.RandomMask(0.5f, stream: 1) * x),
        .. OnEveryShape("RandomNormal", Any, x => x.RandomNormal(1, 0.5f, stream: 2) * x),
        .. OnEveryShape("RandomUniform", Any, x => x.RandomUniform(-1, 1, stream: 3) * x),
        new("RandomNormal of hundreds", [Any([7, 41])], x => x[0].RandomNormal() + x[0]),
    ];

    private static IEnumerable<Sample> Assignments() =>
    [
        .. KnownShapes.Select(shape => new Sample($"Assign {shape}", [Any(shape)], x => new Variable("w", shape).Assign(x[0] * 2f),
            blocks: true)),
        new("Guard", [Any([2, 3]), Any([]), Any([null, 2]), Any([0])],
            x => Flow.AddFlow(x[0].Sum(), new Guard([x[0], x[1], x[2], x[3], x[1].Broadcast([3, 5])])).Cast(), [2, 1, 0], blocks: true),
    ];
}
