using System.Globalization;
using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;
using TorchSharp;
using static TorchSharp.torch;
using F = TorchSharp.torch.nn.functional;

namespace SimpleFlow.Peers;

/// <summary>
/// How much long sums lose: every kernel that adds 10⁵ to 10⁷ numbers, beside libtorch's, on the same data, once equal and
/// once random, both against libtorch in float64. <c>sums [--threads N] [--only TEXT]</c> prints a line for
/// each, and ends with an error where ours lose more.
/// </summary>
internal static class LongSums
{
    // A unit in the last place: both sides round, each where its own order has it.
    private const double Rounding = 1.2e-7;

    private static readonly LongSum[] All =
        [
        new("sum of a row of 10⁷", [[10_000_000]], x => x[0].Sum(), x => x[0].sum()),
        new("sums of 3 rows of 10⁶", [[3, 1_000_000]], x => x[0].Sum(1), x => x[0].sum([1L])),
        new("sums of 50 rows of 4,095", [[50, 4095]], x => x[0].Sum(1), x => x[0].sum([1L])),
        new("mean of 10⁷ rows, 1 column", [[10_000_000, 1]], x => x[0].Mean(0), x => x[0].mean([0L])),
        new("means of 2 · 10⁶ rows, 5 columns", [[2_000_000, 5]], x => x[0].Mean(0), x => x[0].mean([0L])),
        new("sums of 500,000 rows, 33 columns", [[500_000, 33]], x => x[0].Sum(0), x => x[0].sum([0L])),
        new("sums of the middle axis of 300,000", [[2, 300_000, 17]], x => x[0].Sum(1), x => x[0].sum([1L])),
        new("product over 10⁷, one element", [[1, 10_000_000], [10_000_000, 1]], x => x[0].MatMul(x[1]), x => x[0].mm(x[1])),
        new("product over 10⁶, A · B", [[7, 1_000_000], [1_000_000, 9]], x => x[0].MatMul(x[1]), x => x[0].mm(x[1])),
        new("product over 10⁶, Aᵀ · B", [[1_000_000, 7], [1_000_000, 9]], x => x[0].MatMul(x[1], transposeLeft: true),
            x => x[0].t().mm(x[1])),
        new("product over 10⁶, A · Bᵀ", [[7, 1_000_000], [9, 1_000_000]], x => x[0].MatMul(x[1], transposeRight: true),
            x => x[0].mm(x[1].t())),
        new("product over 10⁶, Aᵀ · Bᵀ", [[1_000_000, 7], [9, 1_000_000]],
            x => x[0].MatMul(x[1], transposeLeft: true, transposeRight: true), x => x[0].t().mm(x[1].t())),
        new("product over 10⁶, one column", [[7, 1_000_000], [1_000_000, 1]], x => x[0].MatMul(x[1]), x => x[0].mm(x[1])),
        new("product over 20,000, 150 × 600", [[150, 20_000], [20_000, 600]], x => x[0].MatMul(x[1]), x => x[0].mm(x[1])),
        new("product over 4,096, 100 × 100", [[100, 4096], [4096, 100]], x => x[0].MatMul(x[1]), x => x[0].mm(x[1])),
        new("convolution, patch of 10⁶", [[2, 1_000_000, 1, 2], [3, 1_000_000, 1, 1]], x => x[0].Conv2D(x[1]), x => F.conv2d(x[0], x[1])),
        new("convolution, 32 images, patch of 9,000", [[32, 1000, 5, 5], [5, 1000, 3, 3]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1])),
        new("convolution, 32 images, patch of 180,000", [[32, 20_000, 4, 4], [2, 20_000, 3, 3]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1])),
        new("its images' gradient, 100,000 filters", [[2, 2, 4, 4], [100_000, 2, 3, 3], [2, 100_000, 2, 2]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1]), 0),
        new("its images' gradient, 32 images, 2,000 filters", [[32, 4, 5, 5], [2000, 4, 3, 3], [32, 2000, 3, 3]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1]), 0),
        new("its images' gradient, 32 images, 20,000 filters", [[32, 4, 4, 4], [20_000, 4, 3, 3], [32, 20_000, 2, 2]],
            x => x[0].Conv2D(x[1]), x => F.conv2d(x[0], x[1]), 0),
        new("its images' gradient, window 60 × 60", [[1, 1, 119, 119], [1, 1, 60, 60], [1, 1, 60, 60]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1]), 0),
        new("its weights' gradient, 64 images of 224²", [[64, 1, 224, 224], [1, 1, 3, 3], [64, 1, 222, 222]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1]), 1),
        new("its weights' gradient, 8 images of 3 · 224²", [[8, 3, 224, 224], [8, 3, 3, 3], [8, 8, 222, 222]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1]), 1),
        new("its weights' gradient, 2,000 images of 8 · 7²", [[2000, 8, 7, 7], [16, 8, 3, 3], [2000, 16, 5, 5]], x => x[0].Conv2D(x[1]),
            x => F.conv2d(x[0], x[1]), 1),
        new("its weights' gradient, 16 images of 2 · 224², 1 × 1", [[16, 2, 224, 224], [3, 2, 1, 1], [16, 3, 224, 224]],
            x => x[0].Conv2D(x[1]), x => F.conv2d(x[0], x[1]), 1),
        new("average over 1024 × 1024", [[1, 2, 1024, 1024]], x => x[0].AveragePool2D(1024), x => F.avg_pool2d(x[0], 1024)),
        new("its gradient, windows of 40 × 40", [[1, 1, 119, 119], [1, 1, 80, 80]], x => x[0].AveragePool2D(40, 1),
            x => F.avg_pool2d(x[0], 40, stride: 1), 0),
        new("maximum's gradient, windows of 60 × 60", [[1, 1, 119, 119], [1, 1, 60, 60]], x => x[0].MaxPool2D(60, 1),
            x => F.max_pool2d(x[0], 60, stride: 1), 0),
        new("softmax over 10⁶", [[2, 1_000_000]], x => x[0].Softmax(), x => F.softmax(x[0], 1)),
        new("log-softmax over 10⁶", [[2, 1_000_000]], x => x[0].LogSoftmax(), x => F.log_softmax(x[0], 1)),
        new("cross-entropy over 10⁶", [[2, 1_000_000], [2, 1_000_000]], x => SimpleFlow.Losses.SoftmaxCrossEntropy(x[0], x[1]),
            x => -(x[1] * F.log_softmax(x[0], 1)).sum() / 2),
        new("table's gradient, 10⁶ equal indices", [[3, 5], [1_000_000, 1], [1_000_000, 5]], x => x[0].Gather(x[1].ArgMax(1)),
            x => x[0].index_select(0, zeros(1_000_000, int64)), 0),
    ];

    public static int Run(string[] args)
    {
        var only = Option("--only", "");
        var threads = int.Parse(Option("--threads", "2"), CultureInfo.InvariantCulture);
        set_num_threads(threads);
        Console.WriteLine($"| sum | of 0.1: ours | libtorch | of 0 … 1: ours | libtorch |");
        Console.WriteLine("|---|---:|---:|---:|---:|");
        var worse = 0;
        foreach (var one in All.Where(one => one.Name.Contains(only, StringComparison.Ordinal)))
        {
            var (equal, random) = (Measure(one, equal: true, threads), Measure(one, equal: false, threads));
            if (Math.Max(equal.Ours - equal.Torch, random.Ours - random.Torch) > Rounding) worse++;
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {one.Name} | {equal.Ours:0.0E-0} | {equal.Torch:0.0E-0} | {random.Ours:0.0E-0} | {random.Torch:0.0E-0} |"));
        }
        Console.WriteLine($"{worse} lose more than libtorch does.");
        return worse == 0 ? 0 : 1;

        string Option(string name, string otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : otherwise;
    }

    /// <summary>The largest difference from float64, as a share of the largest element.</summary>
    private static (double Ours, double Torch) Measure(LongSum sum, bool equal, int threads)
    {
        using var scope = NewDisposeScope();
        var random = new Random(1);
        float[][] numbers = [.. sum.Shapes.Select(shape => Draw(random, equal, shape.Aggregate(1L, (count, size) => count * size)))];
        var right = Torch(sum, numbers, float64).data<double>().ToArray();
        var torch = Torch(sum, numbers, float32).data<float>().ToArray();
        var ours = Ours(sum, numbers, threads);
        return (Difference(right, ours), Difference(right, torch));
    }

    private static float[] Draw(Random random, bool equal, long count)
    {
        var numbers = new float[count];
        for (var i = 0; i < numbers.Length; i++) numbers[i] = equal ? 0.1f : random.NextSingle();
        return numbers;
    }

    private static float[] Ours(LongSum sum, float[][] numbers, int threads)
    {
        Placeholder[] inputs = [
            .. sum.Shapes.Select((shape, i) => new Placeholder($"x{i}", Shape.Create([.. shape.Select(size => (long?)size)])))];
        var output = sum.Ours(inputs);
        if (sum.GradientFor is { } input) output = Gradients.Of((output * inputs[^1]).Sum(), [inputs[input]])[0];
        var fed = inputs.ToDictionary(placeholder => placeholder, placeholder => placeholder.Shape);
        var executable = new Session([output], new StepClock(), new CompilerOptions { Threads = threads }).For(fed);
        for (var i = 0; i < inputs.Length; i++)
        {
            if (executable.Reads(inputs[i]))
                FeedShape.Copy(DataArray.From(numbers[i]).Reshape(sum.Shapes[i]), executable.Feed(inputs[i]), ElementType.Float32);
        }
        executable.Run();
        return executable.Output(0).Span.ToArray();
    }

    private static Tensor Torch(LongSum sum, float[][] numbers, ScalarType type)
    {
        Tensor[] inputs = [.. numbers.Select((array, i) => tensor(array, sum.Shapes[i]).to(type).requires_grad_(sum.GradientFor == i))];
        var output = sum.Torch(inputs);
        if (sum.GradientFor is not { } input) return output.contiguous();
        output.backward([inputs[^1]]);
        return inputs[input].grad!.contiguous();
    }

    private static double Difference<T>(double[] right, T[] found)
        where T : System.Numerics.INumber<T> =>
        right.Zip(found, (expected, number) => Math.Abs(expected - double.CreateChecked(number))).Max() / right.Max(Math.Abs);
}

/// <summary>One sum, or many of one length.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Shapes">The shapes of the operands; where the gradient is asked for, the upstream's last.</param>
/// <param name="Ours">SimpleFlow's.</param>
/// <param name="Torch">libtorch's.</param>
/// <param name="GradientFor">The operand whose gradient is asked for, instead of the value.</param>
internal sealed record LongSum(string Name, long[][] Shapes, Func<Node[], Node> Ours, Func<Tensor[], Tensor> Torch,
    int? GradientFor = null);
