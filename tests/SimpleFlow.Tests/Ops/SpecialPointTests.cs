namespace SimpleFlow.Tests.Ops;

/// <summary>Corners, poles, infinities and NaN: the value and the gradient that the ops' summaries promise, in both readings.</summary>
[Trait("Promise", "12")]
public class SpecialPointTests
{
    private const float Infinity = float.PositiveInfinity, NaN = float.NaN;

    /// <summary>The points at which a function overflows when it is written carelessly.</summary>
    private static readonly float[] Extremes = [-Infinity, -1e4f, -88.8f, 0, 88.8f, 1e4f, Infinity, NaN];

    [Fact]
    public void Relu() =>
        Expect(x => x.Relu(), [-Infinity, -1, -0f, 0, 1, Infinity, NaN], [0, 0, 0, 0, 1, Infinity, NaN], [0, 0, 0, 0, 1, 1, 0]);

    [Fact]
    public void LeakyRelu() => Expect(x => x.LeakyRelu(0.5f), [-Infinity, -1, 0, 1, Infinity, NaN], [-Infinity, -0.5, 0, 1, Infinity, NaN],
        [0.5, 0.5, 0.5, 1, 1, 0.5]);

    [Fact]
    public void Abs() =>
        Expect(x => x.Abs(), [-Infinity, -2, -0f, 0, 2, Infinity, NaN], [Infinity, 2, 0, 0, 2, Infinity, NaN], [-1, -1, 0, 0, 1, 1, NaN]);

    [Fact]
    public void Sign() =>
        Expect(x => x.Sign(), [-Infinity, -2, -0f, 0, 2, Infinity, NaN], [-1, -1, 0, 0, 1, 1, NaN], [0, 0, 0, 0, 0, 0, 0]);

    [Fact]
    public void Clip() =>
        Expect(x => x.Clip(-1, 2), [-Infinity, -1.5f, -1, 0, 2, 3, Infinity, NaN], [-1, -1, -1, 0, 2, 2, 2, NaN], [0, 0, 1, 1, 1, 0, 0, 0]);

    [Fact]
    public void Log() => Expect(x => x.Log(), [0, 1, Infinity, -1, NaN], [-Infinity, 0, Infinity, NaN, NaN], [Infinity, 1, 0, -1, NaN]);

    [Fact]
    public void Sqrt() => Expect(x => x.Sqrt(), [0, 4, Infinity, -1, NaN], [0, 2, Infinity, NaN, NaN], [Infinity, 0.25, 0, NaN, NaN]);

    [Fact]
    public void Exp() => ExpectEach(x => x.Exp(), Extremes, [0, 0, 0, 1, Infinity, Infinity, Infinity, NaN],
        [0, 0, 0, 1, Infinity, Infinity, Infinity, NaN]);

    [Fact]
    public void Sigmoid() => ExpectEach(x => x.Sigmoid(), Extremes, [0, 0, 0, 0.5, 1, 1, 1, NaN], [0, 0, 0, 0.25, 0, 0, 0, NaN]);

    [Fact]
    public void Tanh() => ExpectEach(x => x.Tanh(), Extremes, [-1, -1, -1, 0, 1, 1, 1, NaN], [0, 0, 0, 1, 0, 0, 0, NaN]);

    [Fact]
    public void Softplus() =>
        ExpectEach(x => x.Softplus(), Extremes, [0, 0, 0, Math.Log(2), 88.8, 1e4, Infinity, NaN], [0, 0, 0, 0.5, 1, 1, 1, NaN]);

    [Fact]
    public void Erf() => ExpectEach(x => x.Erf(), Extremes, [-1, -1, -1, 0, 1, 1, 1, NaN], [0, 0, 0, 2 / Math.Sqrt(Math.PI), 0, 0, 0, NaN]);

    // −∞ · 0 is NaN, and so is ∞ · 0 in the derivative.
    [Fact]
    public void Gelu() => ExpectEach(x => x.Gelu(), Extremes, [NaN, 0, 0, 0, 88.8, 1e4, Infinity, NaN], [NaN, 0, 0, 0.5, 1, 1, NaN, NaN]);

    [Fact]
    public void Silu() => ExpectEach(x => x.Silu(), Extremes, [NaN, 0, 0, 0, 88.8, 1e4, Infinity, NaN], [NaN, 0, 0, 0.5, 1, 1, NaN, NaN]);

    [Fact]
    public void Elu() => ExpectEach(x => x.Elu(), Extremes, [-1, -1, -1, 0, 88.8, 1e4, Infinity, NaN], [0, 0, 0, 1, 1, 1, 1, 0]);

    [Fact]
    public void Power()
    {
        Expect(x => x.Power(0), [0, -2, Infinity, NaN], [1, 1, 1, 1], [0, 0, 0, 0]);
        Expect(x => x.Power(1), [0, -2, Infinity, NaN], [0, -2, Infinity, NaN], [1, 1, 1, 1]);
        Expect(x => x.Power(2), [0, -2, -Infinity, NaN], [0, 4, Infinity, NaN], [0, -4, -Infinity, NaN]);
        Expect(x => x.Power(3), [0, -2, -Infinity, NaN], [0, -8, -Infinity, NaN], [0, 12, Infinity, NaN]);
        Expect(x => x.Power(-1), [0, -0f, -2, Infinity, NaN], [Infinity, -Infinity, -0.5, 0, NaN], [-Infinity, -Infinity, -0.25, 0, NaN]);
        Expect(x => x.Power(-2), [0, -2, Infinity, NaN], [Infinity, 0.25, 0, NaN], [-Infinity, 0.25, 0, NaN]);
        Expect(x => x.Power(0.5f), [0, 4, Infinity, -1, -Infinity, NaN], [0, 2, Infinity, NaN, NaN, NaN], [Infinity, 0.25, 0, NaN, 0, NaN]);
        Expect(x => x.Power(1.5f), [0, 4, Infinity, -1, NaN], [0, 8, Infinity, NaN, NaN], [0, 3, Infinity, NaN, NaN]);
    }

    [Fact]
    public void Division_by_zero()
    {
        Expect(x => x / 0f, [1, -1, 0, NaN], [Infinity, -Infinity, NaN, NaN], [Infinity, Infinity, Infinity, Infinity]);
        Expect(x => 1f / x, [0, -0f, Infinity, NaN], [Infinity, -Infinity, 0, NaN], [-Infinity, -Infinity, 0, NaN]);
    }

    [Fact]
    public void Opposite_zeros_are_two_constants() =>
        Expect(x => Flow.Concat([x / new Constant("zero", 0f), x / new Constant("negative zero", -0f)], 0), [1], [Infinity, -Infinity]);

    [Fact]
    public void Of_two_equal_numbers_the_left_one_is_the_largest_and_the_smallest()
    {
        float[] left = [2, -0f, 0, NaN, 1, Infinity], right = [2, 0, -0f, 1, NaN, Infinity];
        ExpectBoth((x, y) => x.Maximum(y), left, right, [2, 0, 0, NaN, NaN, Infinity], [1, 1, 1, 0, 0, 1], [0, 0, 0, 1, 1, 0]);
        ExpectBoth((x, y) => x.Minimum(y), left, right, [2, 0, 0, NaN, NaN, Infinity], [1, 1, 1, 0, 0, 1], [0, 0, 0, 1, 1, 0]);
    }

    [Fact]
    public void Comparisons_with_NaN_are_false_and_inequality_is_true()
    {
        float[] left = [NaN, 1, NaN, 0, Infinity], right = [1, NaN, NaN, -0f, Infinity];
        ExpectBoth((x, y) => x.Greater(y), left, right, [0, 0, 0, 0, 0]);
        ExpectBoth((x, y) => x.GreaterOrEqual(y), left, right, [0, 0, 0, 1, 1]);
        ExpectBoth((x, y) => x.Less(y), left, right, [0, 0, 0, 0, 0]);
        ExpectBoth((x, y) => x.LessOrEqual(y), left, right, [0, 0, 0, 1, 1]);
        ExpectBoth((x, y) => x.Equal(y), left, right, [0, 0, 0, 1, 1]);
        ExpectBoth((x, y) => x.NotEqual(y), left, right, [1, 1, 1, 0, 0]);
    }

    [Fact]
    public void What_is_not_selected_does_not_matter()
    {
        float[] x = [1, -1], y = [NaN, Infinity];
        ExpectBoth((x, y) => Flow.Select(x.Greater(0f), x, y), x, y, [1, Infinity], [1, 0], [0, 1]);
        // The remedy for a pole: replace the operand before the op, not the result after it.
        Expect(x => Flow.Select(x.Greater(0f), Flow.Select(x.Greater(0f), x, 1f).Log(), 0f), [0, 1], [0, 0], [0, 1]);
        Expect(x => Flow.Select(x.Greater(0f), x.Log(), 0f), [0, 1], [0, 0], [NaN, 1]);
    }

    [Fact]
    public void The_largest_elements_share_the_gradient()
    {
        Expect(x => x.Max(), [3, 1, 3, 3, 2], [3], [1 / 3.0, 0, 1 / 3.0, 1 / 3.0, 0]);
        Expect(x => x.Max(), [-Infinity, -Infinity], [-Infinity], [0.5, 0.5]);
        Expect(x => x.Max(), [1, NaN, Infinity], [NaN], [NaN, NaN, NaN]);
        Expect(x => x.Reshape([2, 3]).Max(0), [1, 2, NaN, 1, 5, 0], [1, 5, NaN], [0.5, 0, NaN, 0.5, 1, NaN]);
    }

    [Fact]
    public void The_first_of_equals_and_the_first_NaN_have_the_index()
    {
        Expect(x => x.ArgMax(), [1, 3, 3, 2], [1]);
        Expect(x => x.ArgMax(), [1, NaN, 3, NaN], [1]);
        Expect(x => x.ArgMax(), [NaN, 5, NaN], [0]);
        Expect(x => x.ArgMax(), [-Infinity, -Infinity], [0]);
    }

    [Fact]
    public void An_index_that_is_ignored_has_a_row_of_zeros()
    {
        Expect(x => x.Gather(IndexConstant(0, 2, 2)), [5, 6, 7], [5, 7, 7], [1, 0, 2]);
        Expect(x => IndexConstant(1, 0, -100).OneHot(2, ignoreIndex: -100) * x, [1, 1], [0, 1, 1, 0, 0, 0]);
        Expect(x => IndexConstant(1, 0).OneHot(2, ignoreIndex: 0) * x, [1, 1], [0, 1, 0, 0]);
    }

    [Fact]
    public void Nothing_sums_to_0_has_no_mean_and_its_largest_is_minus_infinity()
    {
        Expect(x => x.Sum(), [], [0], []);
        Expect(x => x.Mean(), [], [NaN], []);
        Expect(x => x.Max(), [], [-Infinity], []);
        foreach (var (shape, axes) in new (Shape, int[])[] { ([2, 0], [1]), ([0, 2], [0]), ([2, 0, 2], [1]), ([0, 2, 0], [0, 2]),
            ([0, 2, 3], [0, 2]) })
        {
            var results = Enumerable.Repeat(1.0,
                shape.Where((_, axis) => !axes.Contains(axis)).Aggregate(1, (product, size) => product * (int)size!)).ToArray();
            Expect(x => x.Reshape(shape).Sum(axes), [], [.. results.Select(_ => 0.0)], []);
            Expect(x => x.Reshape(shape).Mean(axes), [], [.. results.Select(_ => double.NaN)], []);
            Expect(x => x.Reshape(shape).Max(axes), [], [.. results.Select(_ => double.NegativeInfinity)], []);
        }
    }

    [Fact]
    public void Softmax()
    {
        // Weighted by 1, 0, 0, …: what flows back to xᵢ is y₀·(δᵢ₀ − yᵢ).
        Expect(x => First(x.Softmax()), [7, 7, 7, 7], [0.25, 0, 0, 0], [0.1875, -0.0625, -0.0625, -0.0625]);
        Expect(x => First(x.Softmax()), [1e4f, -1e4f, 0], [1, 0, 0], [0, 0, 0]);
        Expect(x => First(x.Softmax()), [88.8f, 88.8f], [0.5, 0], [0.25, -0.25]);
        Expect(x => First(x.Softmax()), [-88.8f, -88.8f], [0.5, 0], [0.25, -0.25]);
        Expect(x => First(x.Softmax()), [-1e4f], [1], [0]);
        Expect(x => First(x.Softmax()), [], [], []);
        Expect(x => First(x.Softmax()), [0, -Infinity, 0], [0.5, 0, 0], [0.25, 0, -0.25]);
        foreach (float[] broken in new float[][] { [0, Infinity], [0, NaN], [-Infinity, -Infinity] })
            Expect(x => x.Softmax(), broken, [NaN, NaN], [NaN, NaN]);
    }

    [Fact]
    public void LogSoftmax()
    {
        // Weighted by 1, 0, 0, …: what flows back to xᵢ is δᵢ₀ − e^yᵢ.
        Expect(x => x.LogSoftmax() * First(1f + 0f * x), [7, 7], [-Math.Log(2), 0], [0.5, -0.5]);
        Expect(x => x.LogSoftmax().Slice(0, 0, 1), [1e4f, -1e4f, 0], [0], [0, 0, 0]);
        Expect(x => x.LogSoftmax().Slice(0, 0, 1), [-1e4f, 1e4f, 0], [-2e4], [1, -1, 0]);
        Expect(x => x.LogSoftmax().Slice(0, 0, 1), [88.8f, 88.8f], [-Math.Log(2)], [0.5, -0.5]);
        Expect(x => x.LogSoftmax(), [-1e4f], [0], [0]);
        Expect(x => x.LogSoftmax(), [], [], []);
        Expect(x => x.LogSoftmax(), [0, -Infinity], [0, -Infinity], [-1, 1]);
        foreach (float[] broken in new float[][] { [0, Infinity], [0, NaN], [-Infinity, -Infinity] })
            Expect(x => x.LogSoftmax(), broken, [NaN, NaN], [NaN, NaN]);
    }

    [Fact]
    public void Cross_entropy_of_softmax_is_finite_for_logits_of_any_finite_size()
    {
        var indices = IndexConstant(0);
        var row = new Constant([1, 0], Shape.Of(1, 2), ElementType.Float32);
        foreach (var target in new Node[] { indices, row })
        {
            Node Loss(Node x) => Losses.SoftmaxCrossEntropy(x.Reshape([1, x.Shape[0]]), target);
            Expect(Loss, [1e4f, -1e4f], [0], [0, 0]);
            Expect(Loss, [-1e4f, 1e4f], [2e4], [-1, 1]);
            Expect(Loss, [88.8f, 88.8f], [Math.Log(2)], [-0.5, 0.5]);
            Expect(Loss, [-88.8f, -88.8f], [Math.Log(2)], [-0.5, 0.5]);
            Expect(Loss, [NaN, 0], [NaN], [NaN, NaN]);
            Expect(Loss, [0, -Infinity], [0], [0, 0]);
            Expect(Loss, [-Infinity, 0], [Infinity], [-1, 1]);
        }
        Expect(x => Losses.SoftmaxCrossEntropy(x.Reshape([1, 1]), indices), [1e4f], [0], [0]);
        Expect(x => Losses.SoftmaxCrossEntropy(x.Reshape([0, 2]), IndexConstant()), [], [NaN], []);
    }

    [Fact]
    public void Cross_entropy_of_softmax_with_nothing_but_infinite_logits_is_not_a_number()
    {
        Node Loss(Node x) => Losses.SoftmaxCrossEntropy(x.Reshape([1, x.Shape[0]]), IndexConstant(0));
        Expect(Loss, [7, 7, 7, 7], [Math.Log(4)], [-0.75, 0.25, 0.25, 0.25]);
        foreach (var alone in new[] { -1e4f, -88.8f, 88.8f, 1e4f }) Expect(Loss, [alone], [0], [0]);
        foreach (var alone in new[] { -Infinity, Infinity, NaN }) Expect(Loss, [alone], [NaN], [NaN]);
        Expect(Loss, [Infinity, 0], [NaN], [NaN, NaN]);
        Expect(Loss, [-Infinity, -Infinity], [NaN], [NaN, NaN]);
    }

    [Fact]
    public void The_logarithm_of_a_sum_of_exponentials()
    {
        Expect(LogSumExp, [7, 7, 7, 7], [7 + Math.Log(4)], [0.25, 0.25, 0.25, 0.25]);
        Expect(LogSumExp, [1e4f, -1e4f, 0], [1e4], [1, 0, 0]);
        Expect(LogSumExp, [88.8f, 88.8f], [88.8f + Math.Log(2)], [0.5, 0.5]);
        Expect(LogSumExp, [-88.8f, -88.8f], [-88.8f + Math.Log(2)], [0.5, 0.5]);
        foreach (var alone in new[] { -1e4f, -88.8f, 88.8f, 1e4f }) Expect(LogSumExp, [alone], [alone], [1]);
        Expect(LogSumExp, [0, -Infinity], [0], [1, 0]);
        foreach (float[] broken in new float[][] { [0, Infinity], [0, NaN], [-Infinity, -Infinity] })
            Expect(LogSumExp, broken, [NaN], [NaN, NaN]);
    }

    /// <summary>By layer, by channel over the batch, and by group: three ways to normalise the same numbers.</summary>
    private static readonly Func<Node, Node>[] Normalisations =
        [
        x => Layers.LayerNorm(x),
        x => Layers.BatchNorm(x.Reshape([x.Shape[0], 1])).Reshape(x.Shape),
        x => Layers.GroupNorm(x.Reshape([1, x.Shape[0], 1, 1]), groups: 1).Reshape(x.Shape),
    ];

    [Fact]
    public void Normalised_numbers_are_finite_where_the_numbers_are()
    {
        var steepest = 1 / Math.Sqrt(1e-5f);       // the slope where the variance is 0
        foreach (var normalised in Normalisations)
        {
            Node First(Node x) => SpecialPointTests.First(normalised(x));
            foreach (var large in new[] { 88.8f, 1e4f }) Expect(First, [large, -large], [1, 0], [0, 0]);
            Expect(First, [1e4f, 0, -1e4f], [Math.Sqrt(1.5), 0, 0],
                [Math.Sqrt(1.5) * 1e-4 / 6, -Math.Sqrt(1.5) * 1e-4 / 3, Math.Sqrt(1.5) * 1e-4 / 6]);
            foreach (var equal in new[] { 0, 7, -1e4f })
                Expect(First, [equal, equal, equal], [0, 0, 0], [steepest * 2 / 3, -steepest / 3, -steepest / 3]);
            foreach (var alone in new[] { -1e4f, -88.8f, 0, 88.8f, 1e4f }) Expect(First, [alone], [0], [0]);
            foreach (var alone in new[] { -Infinity, Infinity, NaN }) Expect(First, [alone], [NaN], [NaN]);
            foreach (float[] broken in new float[][] { [0, Infinity], [-Infinity, 0], [Infinity, -Infinity], [0, NaN] })
                Expect(normalised, broken, [NaN, NaN], [NaN, NaN]);
        }
    }

    [Fact]
    public void Equal_numbers_are_normalised_to_what_the_rounding_of_their_mean_leaves()
    {
        foreach (var normalised in Normalisations)
        {
            for (var count = 1; count <= 20; count++)
            {
                var x = new Placeholder("x", [count]);
                var result = Check.Run([normalised(x)], new PlainFeed { [x] = Vector([.. Enumerable.Repeat(88.8f, count)]) })[0];
                // A mean off by a unit in the last place for every addition, times 1/√ε.
                Assert.All(result.Elements,
                    element => Assert.InRange(Math.Abs(element), 0, (count + 1) * 88.8 * Math.Pow(2, -24) / Math.Sqrt(1e-5)));
            }
        }
    }

    [Fact]
    public void Numbers_divided_by_their_root_mean_square()
    {
        foreach (var large in new[] { 88.8f, 1e4f })
            Expect(x => Layers.RmsNorm(x), [large, -large], [1, -1], [1 / (double)large, 1 / (double)large]);
        Expect(x => Layers.RmsNorm(x), [0, 0], [0, 0], [1 / Math.Sqrt(1e-5f), 1 / Math.Sqrt(1e-5f)]);
        Expect(x => Layers.RmsNorm(x), [-1e4f], [-1], [0]);
        Expect(x => Layers.RmsNorm(x), [Infinity, 0], [NaN, 0], [NaN, NaN]);
        Expect(x => Layers.RmsNorm(x), [NaN, 0], [NaN, NaN], [NaN, NaN]);
    }

    [Fact]
    public void Binary_cross_entropy_is_finite_for_logits_of_any_finite_size()
    {
        float[] logits = [-1e4f, -88.8f, 0, 88.8f, 1e4f];
        var half = Math.Log(2);
        foreach (var (target, losses, slopes) in new (float, double[], double[])[]
        {
            (0, [0, 0, half, 88.8, 1e4], [0, 0, 0.5, 1, 1]),
            (1, [1e4, 88.8, half, 0, 0], [-1, -1, -0.5, 0, 0]),
        })
        {
            for (var i = 0; i < logits.Length; i++)
            {
                Node Loss(Node x) => Losses.BinaryCrossEntropy(x, new Constant([target], Shape.Of(1), ElementType.Float32));
                Expect(Loss, [logits[i]], [losses[i]], [slopes[i]]);
            }
        }
        Expect(x => Losses.BinaryCrossEntropy(x, x.StopGradient() * 0f + 1f), [NaN], [NaN]);
    }

    [Fact]
    public void Cross_entropy_of_probabilities_stays_finite_at_0() =>
        Expect(x => Losses.CrossEntropy(x.Reshape([1, 2]), IndexConstant(0)), [0, 1], [-Math.Log(1e-8f)], [-1 / (double)1e-8f, 0]);

    private static Constant IndexConstant(params int[] indices) =>
        new(Array.ConvertAll(indices, index => (double)index), Shape.Of(indices.Length), ElementType.Int32);

    private static Node First(Node x) =>
        x * new Constant([.. Enumerable.Range(0, (int)x.Shape.ElementCount).Select(i => i == 0 ? 1.0 : 0)], x.Shape, ElementType.Float32);

    private static PlainTensor Vector(float[] x) => new(Shape.Of(x.Length), Array.ConvertAll(x, element => (double)element));

    /// <summary>Shifted by the largest, so that no exponential overflows: the way docs/numerics.md recommends.</summary>
    private static Node LogSumExp(Node x)
    {
        var largest = x.Max(keep: true).StopGradient();
        return (x - largest).Exp().Sum(keep: true).Log() + largest;
    }

    /// <summary>All the points together, each alone, and each many times over: vectors and single elements go different ways.</summary>
    private static void ExpectEach(Func<Node, Node> f, float[] at, double[] values, double[] gradient)
    {
        Expect(f, at, values, gradient);
        for (var i = 0; i < at.Length; i++)
        {
            foreach (var count in new[] { 1, 19 })
                Expect(f, [.. Enumerable.Repeat(at[i], count)], [.. Enumerable.Repeat(values[i], count)],
                    [.. Enumerable.Repeat(gradient[i], count)]);
        }
    }

    /// <summary>Checks f(x), and ∂Σf/∂x where a gradient is given, in the plain reading, and that the compiled one agrees.</summary>
    private static void Expect(Func<Node, Node> f, float[] at, double[] values, double[]? gradient = null)
    {
        var x = new Placeholder("x", [at.Length]);
        var y = f(x);
        Node[] outputs = gradient is null ? [y] : [y, .. Gradients.Of(y, x)];
        ExpectAll(outputs, new PlainFeed { [x] = Vector(at) }, gradient is null ? [values] : [values, gradient]);
    }

    private static void ExpectBoth(Func<Node, Node, Node> f, float[] left, float[] right, double[] values, params double[][] gradients)
    {
        var (x, y) = (new Placeholder("x", [left.Length]), new Placeholder("y", [right.Length]));
        var z = f(x, y);
        Node[] outputs = gradients.Length == 0 ? [z] : [z, .. Gradients.Of(z, x, y)];
        ExpectAll(outputs, new PlainFeed { [x] = Vector(left), [y] = Vector(right) }, [values, .. gradients]);
    }

    private static void ExpectAll(Node[] outputs, PlainFeed feed, double[][] expected)
    {
        var read = PlainReading.ValuesOf(outputs, feed);
        for (var i = 0; i < outputs.Length; i++)
        {
            var actual = read[outputs[i]].Elements;
            Assert.Equal(expected[i].Length, actual.Length);
            for (var j = 0; j < actual.Length; j++)
            {
                // Beyond the largest float the plain reading goes on in float64, and what is infinite for the compiled one is merely large.
                var near = actual[j].Equals(expected[i][j])
                    || Math.Abs(actual[j] - expected[i][j]) <= 1e-6 * Math.Max(1, Math.Abs(expected[i][j]))
                    || (float)actual[j] == expected[i][j];
                Assert.True(near, $"output {i}, element {j} is {actual[j]}, not {expected[i][j]}.");
            }
        }
        Check.Compiled(outputs, feed);
    }
}
