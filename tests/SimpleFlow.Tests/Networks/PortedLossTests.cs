using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Networks;

/// <summary>The losses that programs of other frameworks use, against their formulas in float64, in both readings.</summary>
[Trait("Promise", "12")]
public class PortedLossTests
{
    private static readonly double[] Left = [0.5, -1.25, 2, 0.75, -3, 1.5, 0.1, -0.2, 4, 1, -1, 0.3],
        Right = [1, -1, 0.5, 2, -2.5, 1.25, -0.4, 0.6, 3, -1, 2, 0.7],
        Third = [-0.6, 1, 1.5, -2, 0.5, 0.25, 1.4, 0.9, -3, 0.2, 0.8, -0.7];
    private readonly Placeholder _x = new("x", [4, 3]), _y = new("y", [4, 3]), _z = new("z", [4, 3]), _rows = new("rows", [4]),
        _classes = new("classes", [4], ElementType.Int32);

    [Fact]
    public void Reductions_are_the_mean_the_sum_and_nothing()
    {
        Func<LossReduction, Node>[] all =
        [
            reduction => Losses.MeanSquaredError(_x, _y, reduction), reduction => Losses.MeanAbsoluteError(_x, _y, reduction),
            reduction => Losses.Huber(_x, _y, 1, reduction), reduction => Losses.SmoothL1(_x, _y, 1, reduction),
            reduction => Losses.BinaryCrossEntropy(_x, _y.Sigmoid(), 1, reduction),
            reduction => Losses.SoftmaxCrossEntropy(_x, _y.Softmax(), reduction: reduction),
            reduction => Losses.SoftmaxCrossEntropy(_x, _classes, reduction: reduction),
            reduction => Losses.CrossEntropy(_x.Softmax(), _classes, reduction: reduction),
            reduction => Losses.NegativeLogLikelihood(_x.LogSoftmax(), _classes, reduction: reduction),
            reduction => Losses.KullbackLeibler(_x.LogSoftmax(), _y.Softmax(), reduction),
            reduction => Losses.Focal(_x, _y.Sigmoid(), reduction: reduction), reduction => Losses.Cosine(_x, _y, reduction),
            reduction => Losses.Triplet(_x, _y, _z, 1, reduction), reduction => Losses.Contrastive(_x, _y, _rows, 1, reduction),
            reduction => Losses.Hinge(_x, _y.Sign(), reduction),
        ];
        foreach (var loss in all)
        {
            var (each, sum, mean) = (Values(loss(LossReduction.None)), Values(loss(LossReduction.Sum)), Values(loss(LossReduction.Mean)));
            Assert.True(each.Length is 4 or 12);
            Assert.Equal(each.Sum(), sum.Single(), 1e-9);
            Assert.Equal(each.Average(), mean.Single(), 1e-9);
            Assert.Equal("loss", loss(LossReduction.None).Name);
        }
    }

    [Fact]
    public void A_mean_of_weighted_rows_is_divided_by_their_weights_and_a_sum_is_not()
    {
        float[] weights = [1, 2, 4];
        Node Of(LossReduction reduction) =>
            Losses.SoftmaxCrossEntropy(_x, _classes, classWeights: weights, ignoreIndex: 1, reduction: reduction);
        var plain = Values(Losses.SoftmaxCrossEntropy(_x, _classes, reduction: LossReduction.None));
        // Classes 0, 2, 1, 2; class 1 is ignored.
        double[] expected = [plain[0], 4 * plain[1], 0, 4 * plain[3]];
        AssertNear(expected, Values(Of(LossReduction.None)));
        AssertNear([expected.Sum()], Values(Of(LossReduction.Sum)));
        AssertNear([expected.Sum() / 9], Values(Of(LossReduction.Mean)));
    }

    [Fact]
    public void Smoothing_and_weights_together_weight_the_whole_smoothed_row()
    {
        float[] weights = [1, 2, 4];
        var loss = Losses.SoftmaxCrossEntropy(_x, _classes, smoothing: 0.3f, classWeights: weights);
        var logs = Values(_x.LogSoftmax());
        double[] rows = [.. new[] { 0, 2, 1, 2 }.Select((own, row) => -Enumerable.Range(0, 3)
            .Sum(c => ((c == own ? 0.7 : 0) + 0.1) * logs[row * 3 + c]) * weights[own])];
        Assert.Equal(rows.Sum() / (1 + 4 + 2 + 4), Values(loss).Single(), 1e-6);
    }

    [Fact]
    public void Smooth_l1_is_its_formula() => Expect(Losses.SmoothL1(_x, _y, 0.625f, LossReduction.None), Each((x, y) =>
        Math.Abs(x - y) is var d && d <= 0.625 ? d * d / 2 / 0.625 : d - 0.3125));

    [Fact]
    public void A_positive_weight_multiplies_the_cost_of_positives()
    {
        static double Log(double x) => -Math.Log(1 + Math.Exp(-x));
        var target = _y.Sigmoid();
        Expect(Losses.BinaryCrossEntropy(_x, target, 3, LossReduction.None), Each((x, y) =>
            1 / (1 + Math.Exp(-y)) is var t ? -3 * t * Log(x) - (1 - t) * Log(-x) : 0));
        // What is certain costs what it did, and what is right little, to the last digits.
        var logits = new Constant("logits", [float.NegativeInfinity, float.PositiveInfinity, 15, -15]);
        var certain = new Constant("target", [0f, 1, 1, 0]);
        AssertNear([0, 0, 3 * 3.059022269256247e-7, 3.059022269256247e-7],
            Values(Losses.BinaryCrossEntropy(logits, certain, 3, LossReduction.None)), 1e-12);
    }

    [Fact]
    public void The_logarithm_of_the_likelihood_is_that_of_the_class()
    {
        var logs = Values(_x.LogSoftmax());
        Expect(Losses.NegativeLogLikelihood(_x.LogSoftmax(), _classes, reduction: LossReduction.None),
            [-logs[0], -logs[5], -logs[7], -logs[11]]);
        Expect(Losses.NegativeLogLikelihood(_x.LogSoftmax(), _classes, ignoreIndex: 2), [-(logs[0] + logs[7]) / 2]);
        var certain = new Constant("logs", [0f, float.NegativeInfinity]).Reshape([1, 2]);
        Assert.Equal([0.0], Values(Losses.NegativeLogLikelihood(certain, new Constant([0], Shape.Of(1), ElementType.Int32))));
    }

    [Fact]
    public void The_divergence_of_two_distributions_is_their_formula()
    {
        var (logs, target) = (Values(_x.LogSoftmax()), Values(_y.Softmax()));
        Expect(Losses.KullbackLeibler(_x.LogSoftmax(), _y.Softmax(), LossReduction.None), [.. Enumerable.Range(0, 4).Select(row =>
            Enumerable.Range(3 * row, 3).Sum(i => target[i] * (Math.Log(target[i]) - logs[i])))]);
        // Σ over what the target has: ln 1 − ln ½.
        var half = new Constant("half", [0.5f, 0.5f]).Log().Reshape([1, 2]);
        Assert.Equal(Math.Log(2), Values(Losses.KullbackLeibler(half, new Constant("one", [1f, 0]).Reshape([1, 2]))).Single(), 1e-12);
    }

    [Fact]
    public void Focal_loss_is_its_formula()
    {
        Expect(Losses.Focal(_x, _y.Greater(0f).Cast(), gamma: 2, alpha: 0.25f, LossReduction.None), Each((x, y) =>
        {
            var p = 1 / (1 + Math.Exp(-x));
            var right = y > 0 ? p : 1 - p;
            return (y > 0 ? 0.25 : 0.75) * (1 - right) * (1 - right) * -Math.Log(right);
        }));
        // What is right to many digits costs next to nothing, and not 0.
        var one = Values(Losses.Focal(new Constant("x", [20f]), new Constant("t", [1f]), alpha: null)).Single();
        Assert.Equal(Math.Exp(-60), one, Math.Exp(-60) * 1e-6);
    }

    [Fact]
    public void Distances_are_their_formulas()
    {
        Expect(Losses.Cosine(_x, _y, LossReduction.None), Rows((x, y, _) =>
            1 - x.Zip(y, (a, b) => a * b).Sum() / Math.Sqrt(x.Sum(a => a * a) * y.Sum(b => b * b))));
        static double Distance(double[] x, double[] y) => Math.Sqrt(x.Zip(y, (a, b) => (a - b + 1e-6) * (a - b + 1e-6)).Sum());
        Expect(Losses.Triplet(_x, _y, _z, 1, LossReduction.None),
            Rows((x, y, z) => Math.Max(0, Distance(x, y) - Distance(x, z) + 1)));
        double[] together = [1, 0, 0, 1];
        Expect(Losses.Contrastive(_x, _y, _rows, 2, LossReduction.None), [.. Rows((x, y, _) => Distance(x, y))
            .Select((d, row) => together[row] == 1 ? d * d : Math.Pow(Math.Max(0, 2 - d), 2))]);
        Expect(Losses.Hinge(_x, _y.Sign(), LossReduction.None), Each((x, y) => Math.Max(0, 1 - Math.Sign(y) * x)));
    }

    [Fact]
    public void Settings_that_are_none_are_refused()
    {
        foreach (var wrong in (float[])[0, -1, float.NaN, float.PositiveInfinity])
        {
            Assert.Throws<ArgumentOutOfRangeException>("beta", () => Losses.SmoothL1(_x, _y, wrong));
            Assert.Throws<ArgumentOutOfRangeException>("positiveWeight", () => Losses.BinaryCrossEntropy(_x, _y, wrong));
            Assert.Throws<ArgumentOutOfRangeException>("gamma", () => Losses.Focal(_x, _y, wrong));
            Assert.Throws<ArgumentOutOfRangeException>("margin", () => Losses.Triplet(_x, _y, _z, wrong));
        }
        Assert.Throws<ArgumentOutOfRangeException>("alpha", () => Losses.Focal(_x, _y, alpha: 2));
        Assert.Throws<ShapeException>(() => Losses.Contrastive(_x, _y, _z));
        Assert.Throws<ShapeException>(() => Losses.Hinge(_x, _rows));
    }

    private double[] Each(Func<double, double, double> loss) => [.. Left.Zip(Right, loss)];

    private static double[] Rows(Func<double[], double[], double[], double> loss) =>
        [.. Enumerable.Range(0, 4).Select(row => loss(Left[(3 * row)..(3 * row + 3)], Right[(3 * row)..(3 * row + 3)],
            Third[(3 * row)..(3 * row + 3)]))];

    private PlainFeed Feed => new()
    {
        [_x] = new(_x.Shape, Left),
        [_y] = new(_y.Shape, Right),
        [_z] = new(_z.Shape, Third),
        [_rows] = new(_rows.Shape, [1, 0, 0, 1]),
        [_classes] = new(_classes.Shape, [0, 2, 1, 2]),
    };

    private double[] Values(Node node) => new Reading([node], Feed, default).Plain()[node].Elements;

    /// <summary>The values are these, in both readings, and their slopes those of differences.</summary>
    private void Expect(Node loss, double[] expected)
    {
        var reading = new Reading([loss], Feed, default);
        AssertNear(expected, reading.Plain()[loss].Elements);
        AssertNear(expected, reading.Compiled()[0], 2e-6);
        Check.Gradients([loss], [_x], Feed);
    }

    private static void AssertNear(double[] expected, double[] actual, double tolerance = 1e-7)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= tolerance * Math.Max(1, Math.Abs(expected[i])),
                $"{i}: {actual[i]}, not {expected[i]}");
    }
}
