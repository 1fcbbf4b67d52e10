using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Graphs;

namespace SimpleFlow.Tests.Kernels;

/// <summary>
/// Sums of 10⁴ to 10⁶ terms, equal and random, in every kernel that adds: near float64, with the same bits for any number of threads.
/// One after the other in float32, 10⁶ times 0.1 is off by 1 in 100. What libtorch loses on the same data is in docs/numerics.md.
/// </summary>
[Trait("Promise", "4")]
public class LongSumTests
{
    /// <summary>Of the result: what trees of eight vectors lose, rounded at the end.</summary>
    private const double OfTrees = 3e-7;

    /// <summary>What chains of 256 equal terms lose.</summary>
    private const double OfShortChains = 3e-6;

    /// <summary>What chains of 1,024 equal terms lose, each rounding in the same direction. The bound is four times as much.</summary>
    private const double OfChains = 1.6e-5;

    private sealed record Case(string Name, double Tolerance, Shape[] Shapes, Func<Node[], Node> Build, int? GradientFor = null);

    private static readonly Case[] All =
        [
        new("a row", OfTrees, [[1_000_000]], x => x[0].Sum()),
        new("rows that are made while they are summed", OfTrees, [[40, 8192]], x => (x[0] * 0.5f).Sum(1)),
        new("rows of one block", OfTrees, [[5, 4093]], x => x[0].Mean(1)),
        new("one column", OfTrees, [[1_000_000, 1]], x => x[0].Mean(0)),
        new("few columns", OfTrees, [[200_000, 3]], x => x[0].Mean(0)),
        new("columns", OfTrees, [[50_000, 19]], x => x[0].Sum(0)),
        new("the middle axis", OfTrees, [[3, 20_000, 17]], x => x[0].Sum(1)),
        new("a bias' gradient", OfTrees, [[3], [200_000, 3], [200_000, 3]], x => x[0] + x[1], 0),
        new("a softmax", OfTrees, [[2, 500_000]], x => x[0].Softmax()),
        new("a softmax of another axis", OfTrees, [[50_000, 3]], x => x[0].Softmax(0)),
        new("a logarithm of a softmax", OfTrees, [[2, 500_000]], x => x[0].LogSoftmax()),
        new("a cross-entropy", OfTrees, [[2, 500_000], [2, 500_000]], x => x[0].SoftmaxCrossEntropy(x[1])),
        new("a cross-entropy's gradient", OfChains, [[2, 200_003], [2, 200_003], [2]], x => x[0].SoftmaxCrossEntropy(x[1] * x[1] * x[0]),
            0),
        new("an average", OfTrees, [[2, 1, 600, 600]], x => x[0].AveragePool2D(600)),
        new("an average of a part of the window", OfTrees, [[1, 2, 60, 60]], x => x[0].AveragePool2D(50, 1, padding: 20)),
        new("an average's gradient", OfTrees, [[1, 2, 99, 99], [1, 2, 50, 50]], x => x[0].AveragePool2D(50, 1), 0),
        new("a maximum's gradient", OfTrees, [[1, 2, 99, 99], [1, 2, 50, 50]], x => x[0].MaxPool2D(50, 1), 0),
        new("a product of one element", OfShortChains, [[1, 500_000], [500_000, 1]], x => x[0].MatMul(x[1])),
        new("a product", OfShortChains, [[3, 100_000], [100_000, 5]], x => x[0].MatMul(x[1])),
        new("a product, its left operand turned", OfShortChains, [[100_000, 3], [100_000, 5]], x => x[0].MatMul(x[1], transposeLeft: true)),
        new("a product, its right operand turned", OfShortChains, [[3, 100_000], [5, 100_000]],
            x => x[0].MatMul(x[1], transposeRight: true)),
        new("a product, both operands turned", OfShortChains, [[100_000, 3], [5, 100_000]],
            x => x[0].MatMul(x[1], transposeLeft: true, transposeRight: true)),
        new("a product of one column", OfShortChains, [[5, 100_000], [100_000, 1]], x => x[0].MatMul(x[1])),
        new("a product of two blocks", OfShortChains, [[5, 16_384 + 5], [16_384 + 5, 7]], x => x[0].MatMul(x[1])),
        new("a product that is handed on", OfShortChains, [[5, 20_000], [20_000, 8]], x => x[0].MatMul(x[1]) * 2),
        new("products in a batch", OfShortChains, [[3, 2, 20_000], [3, 20_000, 4]], x => x[0].MatMul(x[1])),
        new("a dense layer's gradient for its weights", OfShortChains, [[30_000, 3], [3, 4], [30_000, 4]], x => x[0].MatMul(x[1]), 1),
        new("a convolution", OfShortChains, [[1, 20_000, 2, 2], [3, 20_000, 2, 2]], x => x[0].Conv2D(x[1], padding: 1)),
        new("a convolution of 32 images", OfShortChains, [[32, 1_500, 3, 3], [2, 1_500, 3, 3]], x => x[0].Conv2D(x[1])),
        new("a convolution of 32 images over more than a block", OfShortChains, [[32, 4_200, 2, 2], [2, 4_200, 2, 2]],
            x => x[0].Conv2D(x[1])),
        new("a convolution's gradient for images, many filters", OfShortChains, [[1, 2, 3, 3], [20_000, 2, 2, 2], [1, 20_000, 2, 2]],
            x => x[0].Conv2D(x[1]), 0),
        new("a convolution's gradient for 32 images, many filters", OfShortChains, [[32, 4, 3, 3], [1_500, 4, 2, 2], [32, 1_500, 2, 2]],
            x => x[0].Conv2D(x[1]), 0),
        new("a convolution's gradient for 32 images, steps of two", OfShortChains, [[32, 4, 4, 4], [1_500, 4, 3, 3], [32, 1_500, 2, 2]],
            x => x[0].Conv2D(x[1], 2, padding: 1), 0),
        new("a convolution's gradient for 32 images, windows of 20 × 20", OfShortChains, [[32, 4, 22, 22], [4, 4, 20, 20], [32, 4, 3, 3]],
            x => x[0].Conv2D(x[1]), 0),
        new("a convolution's gradient for images, windows of 40 × 40", OfShortChains, [[1, 1, 79, 79], [1, 1, 40, 40], [1, 1, 40, 40]],
            x => x[0].Conv2D(x[1]), 0),
        new("a convolution's gradient for images, windows of 80 × 40 in steps of two", OfShortChains,
            [[1, 1, 79, 158], [1, 1, 40, 80], [1, 1, 40, 40]], x => x[0].Conv2D(x[1], (1, 2)), 0),
        new("a convolution's gradient for weights", OfChains, [[2, 1, 300, 300], [1, 1, 3, 3], [2, 1, 298, 298]], x => x[0].Conv2D(x[1]),
            1),
        new("a convolution's gradient for weights of one pixel", OfChains, [[2, 2, 200, 200], [2, 2, 1, 1], [2, 2, 200, 200]],
            x => x[0].Conv2D(x[1]), 1),
        new("a convolution's gradient for weights in groups", OfChains, [[2, 4, 100, 100], [4, 2, 3, 3], [2, 4, 98, 98]],
            x => x[0].Conv2D(x[1], groups: 2), 1),
        new("a convolution's gradient for weights, 600 small images", OfChains, [[600, 2, 7, 7], [3, 2, 3, 3], [600, 3, 5, 5]],
            x => x[0].Conv2D(x[1]), 1),
        new("a convolution's gradient for weights, 32 images of 60 × 60", OfChains, [[32, 1, 60, 60], [2, 1, 3, 3], [32, 2, 58, 58]],
            x => x[0].Conv2D(x[1]), 1),
        new("a convolution's gradient for weights, 32 sequences of 3,000", OfChains, [[32, 2, 1, 3_000], [3, 2, 1, 5], [32, 3, 1, 2_996]],
            x => x[0].Conv2D(x[1]), 1),
        new("a table's gradient", OfChains, [[2, 3], [300_000, 2], [300_000, 3]], x => x[0].Gather((1 - x[1]).ArgMax(1)), 0),
        new("a table's gradient along its last axis", OfChains, [[3, 2], [100_000, 2], [3, 100_000]],
            x => x[0].Gather(x[1].ArgMax(1), axis: 1), 0),
    ];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var data = new TheoryData<string, bool>();
            foreach (var one in All)
            {
                data.Add(one.Name, true);
                data.Add(one.Name, false);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void It_is_near_float64(string name, bool equal)
    {
        var one = All.Single(one => one.Name == name);
        var inputs = one.Shapes.Select((shape, i) => new Placeholder($"x{i}", shape)).ToArray();
        var output = one.Build(inputs);
        if (one.GradientFor is { } input) output = Gradients.Of((output * inputs[^1]).Sum(), [inputs[input]])[0];
        var random = new Random(1);
        var fed = inputs.ToDictionary(placeholder => placeholder, placeholder => Draw(random, placeholder.Shape, equal));
        var reading = new Reading([output], fed, default);
        var right = reading.Plain()[output].Elements;
        var actual = reading.Compiled()[0];
        Assert.Equal(actual, reading.Compiled(new CompilerOptions { Threads = 3, CostWorthSplitting = 0 })[0]);
        var scale = right.Max(Math.Abs);
        for (var i = 0; i < right.Length; i++)
        {
            var error = Math.Abs(actual[i] - right[i]) / scale;
            if (!(error <= one.Tolerance)) Assert.Fail($"{actual[i]:R} is off by {error:E1} from {right[i]:R}.");
        }
    }

    private static PlainTensor Draw(Random random, Shape shape, bool equal)
    {
        var tensor = new PlainTensor(shape);
        foreach (ref var element in tensor.Elements.AsSpan()) element = equal ? 0.1f : random.NextSingle();
        return tensor;
    }
}
