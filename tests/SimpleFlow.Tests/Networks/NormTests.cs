using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Networks;

/// <summary>The normalising layers against their formulas, written out in loops; and what they are where a network is used.</summary>
public class NormTests
{
    private const double Tolerance = 1e-4;

    [Fact]
    public void Layer_normalisation_is_its_formula()
    {
        var x = new Placeholder("x", [null, 3, 4]);
        var rows = Numbers(24);
        AssertClose(Rows(rows, 4, row => Standardised(row, 1e-5)), Predict(Layers.LayerNorm(x), x, rows));
    }

    [Fact]
    public void Root_mean_square_normalisation_is_its_formula()
    {
        var x = new Placeholder("x", [null, 4]);
        var rows = Numbers(12);
        AssertClose(Rows(rows, 4, row => [.. row.Select(element => element / Math.Sqrt(row.Average(e => e * e) + 1e-5))]),
            Predict(Layers.RmsNorm(x), x, rows));
    }

    [Fact]
    public void Soft_clipping_is_its_formula_however_far_an_outlier_lies()
    {
        var x = new Placeholder("x", [null, 4]);
        float[] rows = [-0.1f, 0, 0.1f, 1, 2, 3, 100, -1e30f];
        AssertClose(Array.ConvertAll(rows, number => 3 * Math.Tanh(number / 3.0)), Predict(Layers.SoftClip(x), x, rows));
        Assert.All([0, -1, float.NaN, float.PositiveInfinity],
            wrong => Assert.Throws<ArgumentOutOfRangeException>("limit", () => Layers.SoftClip(x, wrong)));
    }

    [Fact]
    public void Group_normalisation_is_its_formula()
    {
        var x = new Placeholder("x", [null, 4, 2, 3]);
        var rows = Numbers(2 * 24);
        AssertClose(Rows(rows, 12, group => Standardised(group, 1e-5)), Predict(Layers.GroupNorm(x, groups: 2), x, rows));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(4)]
    public void Batch_normalisation_takes_the_batch_in_training_and_its_average_in_use(int rank)
    {
        Shape shape = rank == 2 ? [null, 3] : [null, 3, 2, 2];
        var x = new Placeholder("x", shape);
        var y = Layers.BatchNorm(x, momentum: 0.8f, epsilon: 1e-3f);
        var model = new Model((y * y).Mean(), y, new GradientDescent(0, 0));
        var plane = rank == 2 ? 1 : 4;
        var batch = Numbers(5 * 3 * plane);
        double[] means = new double[3], variances = new double[3];
        for (var channel = 0; channel < 3; channel++)
        {
            double[] own = [.. Enumerable.Range(0, batch.Length).Where(i => i / plane % 3 == channel).Select(i => (double)batch[i])];
            (means[channel], variances[channel]) = (own.Average(), own.Average(e => (e - own.Average()) * (e - own.Average())));
        }
        double[] Normalised(double[] mean, double[] variance) =>
            [.. batch.Select((element, i) => (element - mean[i / plane % 3]) / Math.Sqrt(variance[i / plane % 3] + 1e-3))];

        var feed = new Feed { [x] = batch };
        AssertClose(Normalised(means, variances),
            Array.ConvertAll(TensorMemory.ToArray(PlainReading.Of([y], feed)[0]), e => (float)e));
        AssertClose(Normalised([0, 0, 0], [1, 1, 1]), TensorMemory.ToArray(model.Predict(feed)));
        model.Fit(feed, maxIterations: 1);
        AssertClose(Normalised([.. means.Select(m => 0.2 * m)], [.. variances.Select(v => 0.8 + 0.2 * v)]),
            TensorMemory.ToArray(model.Predict(feed)));
        var usual = model.Variables.Where(variable => !variable.IsTrainable).Select(variable => variable.Name!).ToList();
        Assert.Equal(["batch norm/mean", "batch norm/variance"], usual);
    }

    [Fact]
    public void Prediction_and_evaluation_drop_nothing()
    {
        var x = new Placeholder("x", [null, 50]);
        var y = Layers.Dropout(x * new Variable("w", [], Initializer.Ones()), 0.5f);
        var loss = y.Mean(name: "loss");
        var model = new Model(loss, y, new GradientDescent(0, 0));
        float[] ones = [.. Enumerable.Repeat(1f, 200)];
        var feed = new Feed { [x] = ones };
        Assert.Equal(ones, TensorMemory.ToArray(model.Predict(feed)));
        Assert.Equal(1, model.Evaluate(feed).Loss, 1e-6);
        var losses = Enumerable.Range(0, 50).Select(_ => model.Fit(feed, 1).Loss).ToList();
        Assert.InRange(losses.Average(), 0.95, 1.05);
        Assert.True(losses.Distinct().Count() > 10, "Every step draws anew.");
    }

    [Fact]
    public void Every_layer_of_dropout_draws_for_itself()
    {
        var x = new Placeholder("x", [null, 64]);
        var first = Layers.Dropout(x);
        var second = Layers.Dropout(first);
        var beside = Layers.Dropout(x, name: "beside");
        var streams = new[] { first, second, beside }.Select(node => ((Dropout)((Operation)node).Op).Stream).ToList();
        Assert.Equal(3, streams.Distinct().Count());
        Assert.All(streams, stream => Assert.True(stream >= 0));
    }

    [Fact]
    public void The_graph_in_use_holds_no_dropout_and_no_statistic_of_the_batch()
    {
        var x = new Placeholder("x", [null, 4]);
        var used = ForInference.Of([Layers.Dropout(Layers.BatchNorm(x))]);
        var ops = GraphOrder.Of(used).OfType<Operation>().Select(node => node.Op.Name).ToHashSet();
        Assert.DoesNotContain("Dropout", ops);
        Assert.DoesNotContain("ReduceMean", ops);
    }

    [Fact]
    public void Gradients_of_all_norms_are_right()
    {
        var x = new Placeholder("x", [null, 4, 2, 2]);
        var y = Layers.GroupNorm(Layers.BatchNorm(x), 2).Flatten();
        var loss = Layers.RmsNorm(Layers.LayerNorm(Layers.Dense(Layers.Dropout(y, 0.3f), 5))).Power(3).Mean(name: "loss");
        var result = GradientCheck.Of(loss, new Feed { [x] = Numbers(3 * 16) });
        Assert.True(result.IsRight, result.ToText());
    }

    [Fact]
    public void Sizes_that_variables_follow_from_must_be_known()
    {
        var x = new Placeholder("x", [null, null]);
        Assert.Contains("number of channels", Assert.Throws<ShapeException>(() => Layers.BatchNorm(x)).Message, StringComparison.Ordinal);
        Assert.Contains("last size", Assert.Throws<ShapeException>(() => Layers.LayerNorm(x)).Message, StringComparison.Ordinal);
        Assert.Contains("3 equal groups",
            Assert.Throws<ShapeException>(() => Layers.GroupNorm(new Placeholder("x", [null, 4, 2]), 3)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Layers.Dropout(x, 1));
    }

    internal static float[] Numbers(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (float)(random.NextDouble() * 4 - 1.5))];
    }

    internal static float[] Predict(Node y, Placeholder x, float[] rows) =>
        TensorMemory.ToArray(new Model(default, y).Predict(new Feed { [x] = rows }));

    internal static void AssertClose(double[] expected, float[] actual)
    {
        Assert.Equal(expected.Length, actual.Length);
        for (var i = 0; i < expected.Length;
        i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= Tolerance * Math.Max(1, Math.Abs(expected[i])),
            $"element {i}: expected {expected[i]}, found {actual[i]}");
    }

    private static double[] Rows(float[] all, int width, Func<double[], double[]> row) =>
        [.. all.Chunk(width).SelectMany(chunk => row(Array.ConvertAll(chunk, element => (double)element)))];

    private static double[] Standardised(double[] row, double epsilon)
    {
        var mean = row.Average();
        var variance = row.Average(element => (element - mean) * (element - mean));
        return [.. row.Select(element => (element - mean) / Math.Sqrt(variance + epsilon))];
    }
}
