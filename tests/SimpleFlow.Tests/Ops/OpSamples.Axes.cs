using SimpleFlow.Kernels.Products;
using static SimpleFlow.Tests.Ops.Input;

namespace SimpleFlow.Tests.Ops;

// Ops that work along axes or on matrices.
internal static partial class OpSamples
{
    private static readonly (Shape Shape, int[]? Axes)[] ReducedAxes =
        [
        ([], null), ([], []), ([4], null), ([4], [-1]), ([2, 3], null), ([2, 3], [0]), ([2, 3], [1]), ([2, 3], [-1]), ([2, 3], [-2]),
        ([2, 3], [1, 0]), ([2, 3], []),
        ([2, 3, 4], [0, 2]), ([2, 3, 4], [1]), ([2, 3, 4], [-1, 1]), ([3, 1, 2], [1]), ([1, 4, 1], [0, 2]), ([2, 2, 2, 2], [0, 2]),
        ([2, 2, 2, 2], [1, 3]), ([2, 2, 2, 2], [0, 1, 3]),
        ([2, 1, 2, 2, 2], [0, 2, 4]), ([3, 2, 1, 2, 3], [0, -1]), ([2, 0], [0]), ([0, 2], [1]), ([2, 0, 3], [0, 2]), ([1, 1], null),
        ([null], null), ([null, 3], [0]), ([null, 3], [1]), ([null, 3], null), ([2, null, 2], [0, 2]), ([2, null, 2], [1]),
        ([null, 2, null], [0, 2]), ([4, 21], [0]), ([21, 4], [1]), ([2, 3, 19], [1]),
    ];

    // The mean and the maximum of nothing are not numbers, and ties among hundreds come within a step of differencing: these are for sums.
    private static readonly (Shape Shape, int[]? Axes)[] SummedAxes = [([0], [0]), ([0], null), ([2, 0, 3], [1]), ([40, 70], [0]),
        ([70, 40], [1]), ([3, 70, 20], [1])];

    private static IEnumerable<Sample> Reductions() => ReducedAxes.SelectMany(reduced => (Sample[])
    [
        .. new[] { false, true }.SelectMany(keep => (Sample[])
        [
            Reduction("Sum", (x, axes) => x.Sum(axes, keep), x => x.Sum(keep: keep), reduced, keep),
            Reduction("Mean", (x, axes) => x.Mean(axes, keep), x => x.Mean(keep: keep), reduced, keep),
            Reduction("Max", (x, axes) => x.Max(axes, keep), x => x.Max(keep: keep), reduced, keep),
        ]),
    ]).Concat(SummedAxes.Select(summed => Reduction("Sum", (x, axes) => x.Sum(axes), x => x.Sum(), summed, keep: false)));

    private static Sample Reduction(string name, Func<Node, int[], Node> along, Func<Node, Node> ofAll, (Shape Shape, int[]? Axes) reduced,
        bool keep)
    {
        var axes = reduced.Axes is null ? "all" : string.Join(" ", reduced.Axes);
        // Products with the source make the rest of the graph need the reduction's gradient at several places.
        return new($"{name} {reduced.Shape} axes {axes}{(keep ? " kept" : "")}", [Any(reduced.Shape)],
            x => reduced.Axes is { } some ? along(x[0] * x[0], some) : ofAll(x[0] * x[0]));
    }

    private static readonly (Shape Shape, int Axis)[] AlongAxes =
        [
        ([3], 0), ([1], -1), ([2, 3], -1), ([2, 3], 0), ([2, 3], -2), ([2, 1, 3], 1), ([2, 3, 2], 1), ([2, 2, 1, 2], 0),
        ([2, 1, 2, 2, 2], 3), ([0], 0), ([2, 0], 1), ([0, 3], 1), ([0, 3], 0),
        ([null, 3], -1), ([null, 3], 0), ([2, null, 2], 1), ([null], 0), ([5, 67], 1), ([67, 5], 0),
    ];

    private static IEnumerable<Sample> NormalisedAxes() => AlongAxes.SelectMany(along => (Sample[])
    [
        new($"Softmax {along.Shape} axis {along.Axis}", [Any(along.Shape)], x => x[0].Softmax(along.Axis), [3, 1, 0]),
        new($"LogSoftmax {along.Shape} axis {along.Axis}", [Any(along.Shape)], x => x[0].LogSoftmax(along.Axis), [3, 1, 0]),
    ]);

    private static readonly (Shape Logits, Shape Target, int[]? Unknown)[] ClassedRows =
        [
        ([3], [3], null), ([1], [1], null), ([2, 3], [2, 3], null), ([2, 1], [2, 1], null), ([2, 2, 2], [2, 2, 2], null),
        ([2, 1, 2, 3], [2, 1, 2, 3], null), ([1, 2, 1, 2, 3], [1, 2, 1, 2, 3], null), ([0], [0], null), ([2, 0], [2, 0], null),
        ([0, 3], [0, 3], null), ([4, 21], [4, 21], null), ([40, 30], [40, 30], null),
        ([null, 3], [null, 3], [3, 1, 0]), ([null], [null], [3, 1, 0]), ([null, 3], [2, 3], [2]),
    ];

    // The targets are of both signs and sum to anything: the rules must not take the sum for 1.
    private static IEnumerable<Sample> CrossEntropies() => ClassedRows.Select(rows =>
        new Sample($"SoftmaxCrossEntropy {rows.Logits} {rows.Target}", [Any(rows.Logits), Any(rows.Target)],
            x => x[0].SoftmaxCrossEntropy(x[1]), rows.Unknown));

    private static IEnumerable<Sample> Products()
    {
        (Shape Left, Shape Right)[] plain =
            [
            ([2, 3], [3, 4]), ([1, 3], [3, 1]), ([3, 1], [1, 2]), ([1, 1], [1, 1]), ([0, 3], [3, 2]), ([2, 0], [0, 3]), ([2, 3], [3, 0]),
            ([19, 7], [7, 33]), ([null, 3], [3, 2]), ([2, null], [null, 2]), ([3, 2], [2, null]),
        ];
        (Shape Left, Shape Right)[] batches =
            [
            ([2, 2, 3], [2, 3, 2]), ([2, 2, 3], [3, 2]), ([2, 3], [2, 3, 2]), ([1, 2, 3], [2, 3, 2]), ([2, 1, 2, 2], [3, 2, 2]),
            ([3, 2, 2], [2, 1, 2, 2]), ([1, 2, 1, 2, 2], [2, 1, 2, 2, 2]), ([2, 1, 2, 2, 2], [1, 2, 1, 2, 2]),
            ([2, 1, 1, 2, 1], [1, 2, 1, 1, 2]),
            ([0, 2, 3], [3, 2]), ([0, 2, 3], [1, 3, 2]), ([2, 2, 0], [2, 0, 2]), ([2, 2, 0], [0, 2]), ([2, 0, 2], [2, 2]),
            ([null, 2, 3], [null, 3, 2]), ([null, 2, 3], [3, 2]), ([null, 2, 3], [1, 3, 2]), ([2, 3], [null, 3, 2]),
            ([2, null, 2, 2], [null, 2, 2]),
        ];
        foreach (var (left, right) in plain.Concat(batches))
        {
            foreach (var (transposeLeft, transposeRight) in new[] { (false, false), (true, false), (false, true), (true, true) })
            {
                var (a, b) = (transposeLeft ? Swapped(left) : left, transposeRight ? Swapped(right) : right);
                yield return new($"MatMul {a}{(transposeLeft ? "ᵀ" : "")} {b}{(transposeRight ? "ᵀ" : "")}", [Any(a), Any(b)],
                    x => x[0].MatMul(x[1], transposeLeft, transposeRight), [2, 1, 0]);
            }
        }
        foreach (var left in (Shape[])[[2, 3], [2, 1, 3]])
            yield return new($"PackedMatMul {left}", [Any(left), Any([1, 3, TileShape.Best.Width])],
                x => Flow.AddFlow(x[0], new PackedMatMul(x[1])), [2, 1]);
        yield return new("MatMul with itself", [Any([3, 3])], x => x[0].MatMul(x[0]).MatMul(x[0], transposeRight: true));
    }

    private static Shape Swapped(Shape shape) => shape.Permuted([.. Enumerable.Range(0, shape.Rank - 2), shape.Rank - 1, shape.Rank - 2]);
}
