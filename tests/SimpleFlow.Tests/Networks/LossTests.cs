namespace SimpleFlow.Tests.Networks;

/// <summary>Losses and metrics against values worked out by hand, with their gradients, in both readings.</summary>
[Trait("Promise", "12")]
public class LossTests
{
    private readonly Placeholder _prediction = new("prediction", [null, 2]), _target = new("target", [null, 2]),
        _classes = new("classes", [null], ElementType.Int32);

    [Fact]
    public void Mean_squared_error() =>
        // Differences 1, −2, 0, 3: (1 + 4 + 0 + 9) / 4; each slope is 2·d / 4.
        Expect(Losses.MeanSquaredError(_prediction, _target), [2, 0, 5, 4], [1, 2, 5, 1], 3.5, [0.5, -1, 0, 1.5]);

    [Fact]
    public void Mean_absolute_error() =>
        Expect(Losses.MeanAbsoluteError(_prediction, _target), [2, 0, 5, 4], [1, 2, 5, 1], 1.5, [0.25, -0.25, 0, 0.25]);

    [Fact]
    public void Huber() =>
        // Differences 0.5, −2, 0, 3 with delta 1: 0.125, 1.5, 0, 2.5.
        Expect(Losses.Huber(_prediction, _target), [1.5f, 0, 5, 4], [1, 2, 5, 1], 4.125 / 4, [0.125, -0.25, 0, 0.25]);

    [Fact]
    public void Huber_with_a_delta_of_its_own() =>
        // Differences 1, −2, 0, 3 with delta 2: 0.5, 2 (both formulas agree there), 0, 2·(3 − 1) = 4.
        Expect(Losses.Huber(_prediction, _target, delta: 2), [2, 0, 5, 4], [1, 2, 5, 1], 6.5 / 4, [0.25, -0.5, 0, 0.5]);

    [Fact]
    public void Huber_wants_a_positive_delta()
    {
        foreach (var delta in new[] { 0, -1, float.NaN })
            Assert.Throws<ArgumentOutOfRangeException>(() => Losses.Huber(_prediction, _target, delta));
    }

    [Fact]
    public void Binary_cross_entropy()
    {
        // The logit of 3/4 is ln 3. −ln ¾ where it should be 1, −ln ¼ where it should be 0, ln 2 for a logit of 0;
        // each slope is (σ(x) − t) / 4.
        var ln3 = MathF.Log(3);
        Expect(Losses.BinaryCrossEntropy(_prediction, _target), [ln3, ln3, 0, 0], [1, 0, 1, 0.5f],
            (-Math.Log(0.75) - Math.Log(0.25) + 2 * Math.Log(2)) / 4, [-0.0625, 0.1875, -0.125, 0]);
    }

    [Fact]
    public void Softmax_cross_entropy_of_class_indices_and_of_rows()
    {
        // Row 1 is softmax(0, ln 3) = (¼, ¾) and should be class 1; row 2 is (½, ½) and should be class 0;
        // each slope is (softmax − target) / 2.
        float[] logits = [0, MathF.Log(3), 7, 7];
        var loss = (-Math.Log(0.75) + Math.Log(2)) / 2;
        double[] slopes = [0.125, -0.125, -0.25, 0.25];
        Expect(Losses.SoftmaxCrossEntropy(_prediction, _target), logits, [0, 1, 1, 0], loss, slopes);
        ExpectClasses(Losses.SoftmaxCrossEntropy(_prediction, _classes), logits, [1, 0], loss, slopes);
    }

    [Fact]
    public void Softmax_cross_entropy_of_soft_targets() =>
        // Targets (½, ½) for (¼, ¾): −½·ln ¼ − ½·ln ¾; the slope is softmax − target.
        Expect(Losses.SoftmaxCrossEntropy(_prediction, _target), [0, MathF.Log(3)], [0.5f, 0.5f],
            -0.5 * Math.Log(0.25) - 0.5 * Math.Log(0.75), [-0.25, 0.25]);

    [Fact]
    public void Softmax_cross_entropy_is_what_its_parts_compose_to()
    {
        Node x = _prediction, t = _target;
        Node[] fused = [x.SoftmaxCrossEntropy(t)], composed = [-(t * x.LogSoftmax()).Sum(axis: -1)];
        fused = [.. fused, .. Gradients.Of((fused[0] * fused[0]).Sum(), x, t)];
        composed = [.. composed, .. Gradients.Of((composed[0] * composed[0]).Sum(), x, t)];
        fused = [.. fused, .. Gradients.Of(fused[1].Power(2), x, t), .. Gradients.Of(fused[2].Power(2), x, t)];
        composed = [.. composed, .. Gradients.Of(composed[1].Power(2), x, t), .. Gradients.Of(composed[2].Power(2), x, t)];
        // Shares, what sums to 2, both signs, nothing, and logits far apart.
        float[] logits = [1, 2, -3, 0.5f, 4, 4, 1, -1, 12, -12, -12, 12], targets = [0.25f, 0.75f, 1.5f, 0.5f, -1, 0.5f, 0, 0, 1, 0, 1, 0];
        var feed = Feed(_prediction, [6, 2], logits, _target, [6, 2], targets);
        var (own, parts) = (Read(fused, feed), Read(composed, feed));
        for (var i = 0; i < own.Length; i++) AssertNear(parts[i], own[i]);
    }

    [Fact]
    public void Cross_entropy_of_probabilities()
    {
        // −ln(½ + ε) and −ln(¼ + ε); the slopes are −1/p / 2 at the right classes.
        Expect(Losses.CrossEntropy(_prediction, _target), [0.5f, 0.5f, 0.75f, 0.25f], [1, 0, 0, 1], (Math.Log(2) + Math.Log(4)) / 2,
            [-1, 0, 0, -2]);
        ExpectClasses(Losses.CrossEntropy(_prediction, _classes), [0.5f, 0.5f, 0.75f, 0.25f], [0, 1], (Math.Log(2) + Math.Log(4)) / 2,
            [-1, 0, 0, -2]);
        Expect(Losses.CrossEntropy(_prediction, _target, epsilon: 0.5f), [0.5f, 0.5f], [1, 0], 0, [-1, 0]);
    }

    [Fact]
    public void Cross_entropy_over_more_axes_averages_over_all_rows()
    {
        var logits = new Placeholder("logits", [null, 2, 2]);
        var classes = new Placeholder("classes", [null, 2], ElementType.Int32);
        var feed = Feed(logits, [1, 2, 2], [0, MathF.Log(3), 7, 7], classes, [1, 2], [1, 0]);
        AssertNear([(-Math.Log(0.75) + Math.Log(2)) / 2], Read([Losses.SoftmaxCrossEntropy(logits, classes)], feed)[0]);
    }

    [Fact]
    public void Accuracy()
    {
        var scores = new Placeholder("scores", [null, 3]);
        float[] rows = [0.1f, 0.7f, 0.2f, 5, 1, 5, -3, -2, -1, 0, 0, 0];           // classes 1, 0 (the first of equals), 2, 0
        AssertNear([0.75], Read([Metrics.Accuracy(scores, _classes)], Feed(scores, [4, 3], rows, _classes, [4], [1, 0, 2, 1]))[0]);
        var answers = new Placeholder("answers", [null, 3]);
        AssertNear([0.5],
            Read([Metrics.Accuracy(scores, answers)],
                Feed(scores, [4, 3], rows, answers, [4, 3], [0, 1, 0, 0, 1, 0, 0, 0, 1, 0, 1, 0]))[0]);
        Assert.Equal("accuracy", Metrics.Accuracy(scores, _classes).Name);
    }

    [Fact]
    public void Rows_to_ignore_count_neither_in_the_sum_nor_in_the_mean()
    {
        var logits = new Placeholder("logits", [null, 3]);
        float[] rows = [1, 2, 3, 1, 2, 3];
        // −ln softmax(1, 2, 3)[2] = 0.4076
        var one = Math.Log(Math.Exp(-2) + Math.Exp(-1) + 1);
        double[] slopes = [Math.Exp(-2 - one), Math.Exp(-1 - one), Math.Exp(-one) - 1, 0, 0, 0];
        foreach (var (loss, value) in new (Node, double)[]
        {
            (Losses.SoftmaxCrossEntropy(logits, _classes, ignoreIndex: -100), one),
            (Losses.SoftmaxCrossEntropy(logits, _classes, classWeights: [5, 6, 7], ignoreIndex: -100), one),
        })
        {
            var read = Read([loss, Gradients.Of(loss, logits)[0]], Feed(logits, [2, 3], rows, _classes, [2], [2, -100]));
            AssertNear([value], read[0]);
            AssertNear(slopes, read[1]);
        }
        Assert.Equal(0.4076, one, 1e-4);
        // Half of the target of the one row that counts goes to all three classes.
        var smoothed = Losses.SoftmaxCrossEntropy(logits, _classes, smoothing: 0.5f, ignoreIndex: -100);
        AssertNear([one + 0.5], Read([smoothed], Feed(logits, [2, 3], rows, _classes, [2], [2, -100]))[0]);
        // Rows of weights 1 and 3: (1·loss₀ + 3·loss₂) / 4, whatever the third row says.
        var weighted = Losses.SoftmaxCrossEntropy(logits, _classes, classWeights: [1, 2, 3], ignoreIndex: 9);
        AssertNear([(1 * (one + 2) + 3 * one) / 4],
            Read([weighted], Feed(logits, [3, 3], [.. rows, 9, 9, 0], _classes, [3], [0, 2, 9]))[0]);
        // A class may be the one to ignore.
        AssertNear([one],
            Read([Losses.SoftmaxCrossEntropy(logits, _classes, ignoreIndex: 0)], Feed(logits, [2, 3], rows, _classes, [2], [2, 0]))[0]);
        AssertNear([Math.Log(2)],
            Read([Losses.CrossEntropy(_prediction, _classes, ignoreIndex: -1)],
                Feed(_prediction, [2, 2], [0.5f, 0.5f, 0, 1], _classes, [2], [0, -1]))[0]);
        AssertNear([0.5],
            Read([Metrics.Accuracy(logits, _classes, ignoreIndex: -1)],
                Feed(logits, [4, 3], [.. rows, .. rows], _classes, [4], [2, -1, 1, -1]))[0]);
        AssertNear([1],
            Read([Metrics.TopK(logits, _classes, 2, ignoreIndex: -1)],
                Feed(logits, [4, 3], [.. rows, .. rows], _classes, [4], [2, -1, 1, -1]))[0]);
    }

    [Fact]
    public void If_no_row_counts_the_loss_is_0_without_a_gradient()
    {
        var logits = new Placeholder("logits", [null, 3]);
        var feed = Feed(logits, [2, 3], [1, 2, 3, 4, 5, 6], _classes, [2], [-100, -100]);
        foreach (var loss in new[]
        {
            Losses.SoftmaxCrossEntropy(logits, _classes, ignoreIndex: -100), Losses.SoftmaxCrossEntropy(logits, _classes, smoothing: 0.1f,
                classWeights: [1, 2, 3], ignoreIndex: -100), Losses.CrossEntropy(logits, _classes, ignoreIndex: -100),
        })
        {
            var read = Read([loss, Gradients.Of(loss, logits)[0]], feed);
            AssertNear([0], read[0]);
            AssertNear(new double[6], read[1]);
        }
        AssertNear([0], Read([Metrics.Accuracy(logits, _classes, ignoreIndex: -100)], feed)[0]);
    }

    [Fact]
    public void Only_class_indices_can_be_ignored()
    {
        Assert.Throws<ArgumentException>(() => Losses.SoftmaxCrossEntropy(_prediction, _target, ignoreIndex: -1));
        Assert.Throws<ArgumentException>(() => Losses.CrossEntropy(_prediction, _target, ignoreIndex: -1));
        Assert.Throws<ArgumentException>(() => Metrics.Accuracy(_prediction, _target, ignoreIndex: -1));
        Assert.Throws<ArgumentException>(() => Metrics.TopK(_prediction, _target, 1, ignoreIndex: -1));
    }

    [Fact]
    public void A_loss_is_one_number_called_loss()
    {
        var loss = Losses.MeanSquaredError(_prediction, _target);
        Assert.Equal(("loss", 0), (loss.Name, loss.Shape.Rank));
        Assert.Equal("mean((prediction - target)^2)", Losses.MeanSquaredError(_prediction, _target, name: null).Label);
    }

    private void Expect(Node loss, float[] prediction, float[] target, double value, double[] slopes) =>
        Expect(loss, Feed(_prediction, [prediction.Length / 2, 2], prediction, _target, [target.Length / 2, 2], target), value, slopes);

    private void ExpectClasses(Node loss, float[] prediction, float[] classes, double value, double[] slopes) =>
        Expect(loss, Feed(_prediction, [prediction.Length / 2, 2], prediction, _classes, [classes.Length], classes), value, slopes);

    private void Expect(Node loss, Ops.PlainFeed feed, double value, double[] slopes)
    {
        var read = Read([loss, Gradients.Of(loss, _prediction)[0]], feed);
        AssertNear([value], read[0]);
        AssertNear(slopes, read[1]);
    }

    private static double[][] Read(Node[] outputs, Ops.PlainFeed feed)
    {
        Ops.Check.Compiled(outputs, feed);
        var read = PlainReading.ValuesOf(outputs, feed);
        return Array.ConvertAll(outputs, output => read[output].Elements);
    }

    private static Ops.PlainFeed Feed(Placeholder x, int[] shape, float[] values, Placeholder y, int[] otherShape, float[] others) => new()
    {
        [x] = new PlainTensor(Shape.Of(shape), Array.ConvertAll(values, value => (double)value)),
        [y] = new PlainTensor(Shape.Of(otherShape), Array.ConvertAll(others, value => (double)value)),
    };

    private static void AssertNear(double[] expected, double[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-6);
    }
}
