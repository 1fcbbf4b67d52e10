namespace SimpleFlow.Tests.Training;

/// <summary>A training that does not learn says why: the sick networks of lesson 11, rates that are too large, and
/// scores at the level of the baseline.</summary>
public class DiagnosisTests
{
    private readonly Placeholder _x = new("x", [null, 8]), _y = new("y", [null, 1]);

    [Fact]
    public void A_healthy_network_has_no_findings_before_and_after_training()
    {
        var model = Deep(Activation.Relu, Initializer.He());
        Assert.Empty(model.Diagnose(Feed()).Findings);
        model.Fit(Data(), epochs: 20);
        var diagnosis = model.Diagnose(Feed(), Baseline.OfNumbers(Feed()[_y]));
        Assert.Empty(diagnosis.Findings);
        Assert.Equal("Nothing was found that keeps the model from learning.", diagnosis.ToString());
    }

    [Fact]
    public void Sigmoids_with_small_weights_let_gradients_vanish()
    {
        var finding = Single("vanishing gradients", Deep(Activation.Sigmoid, Initializer.Normal(0.1f)));
        Assert.Equal("layer 1/w", finding.Node!.Name);
        Assert.Contains("`output/w`", finding.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Large_weights_let_values_explode() =>
        Assert.Contains("layer", Single("exploding values", Deep(Activation.Relu, Initializer.Normal(2f))).Node!.Label,
            StringComparison.Ordinal);

    [Fact]
    public void Negative_biases_kill_units()
    {
        var model = Deep(Activation.Relu, Initializer.He(), Initializer.Constant(-3f));
        var finding = Single("dead units", model);
        Assert.Contains("for all 64 rows", finding.What, StringComparison.Ordinal);
        Assert.Contains("LeakyRelu", finding.Advice, StringComparison.Ordinal);
        Single("no gradient", model);
    }

    [Fact]
    public void Inputs_far_from_0_saturate_a_tanh()
    {
        var model = new Model(Losses.MeanSquaredError(Layers.Dense(Layers.Dense(_x * 1000f, 16, Activation.Tanh, name: "hidden"), 1), _y),
            optimizer: new Adam());
        Assert.Contains("hidden", Single("saturated units", model).What, StringComparison.Ordinal);
    }

    [Fact]
    public void A_rate_that_is_too_large_is_said_with_another_to_try()
    {
        Single("large steps", Deep(Activation.Relu, Initializer.He(), rate: 5));
        var rising = new Model(Losses.MeanSquaredError(Layers.Dense(_x, 1, weights: Initializer.Zeros(), bias: Initializer.Zeros()), _y),
            optimizer: new GradientDescent(0.9f, 0));
        rising.Fit(Data(), epochs: 5, batchSize: 8);
        var finding = Single("loss rises", rising);
        Assert.Contains("Try a learning rate of 0.09 instead of 0.9", finding.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void An_accuracy_at_the_level_of_the_commonest_class_is_said()
    {
        // The labels have nothing to do with the inputs: three in four are of class 1.
        var label = new Placeholder("label", [null], ElementType.Int32);
        int[] labels = [.. Enumerable.Range(0, 64).Select(row => row % 4 == 0 ? 0 : 1)];
        var scores = Layers.Dense(_x * 0f, 2, name: "scores");
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, label), scores, new Adam(0.05f), Metrics.Accuracy(scores, label));
        var data = new Dataset { [_x] = Feed()[_x], [label] = labels };
        model.Fit(data, epochs: 30, validation: data);
        var baseline = Baseline.OfClasses(labels, 2);
        Assert.Equal((1, 0.75), (baseline.CommonestClass, baseline.Accuracy));
        var finding = Assert.Single(model.Diagnose(new Feed { [_x] = Feed()[_x], [label] = labels }, baseline).Findings,
            finding => finding.Name == "no better than the baseline");
        Assert.Equal("The accuracy is 75.00 %, and always answering class 1 gives 75.00 %.", finding.What);
        Assert.Equal("always class 1: accuracy 75.00 %", baseline.ToString());
    }

    [Theory]
    [InlineData(5, 3, 1.0, true)]            // two standard deviations above 60 % would be 104 %
    [InlineData(5, 3, 0.6, false)]
    [InlineData(5, 3, 0.8, false)]
    [InlineData(1000, 600, 0.65, true)]
    [InlineData(1000, 600, 0.62, false)]
    [InlineData(4, 4, 1.0, false)]           // one class alone
    public void A_baseline_of_few_rows_can_be_beaten(int rows, int commonest, double accuracy, bool isBeaten)
    {
        var baseline = Baseline.OfClasses(Enumerable.Range(0, rows).Select(row => row < commonest ? 0 : 1).ToArray(), 2);
        Assert.Equal(isBeaten, baseline.IsBeatenBy(new Evaluation(0, new Dictionary<string, double> { ["accuracy"] = accuracy })));
    }

    [Fact]
    public void A_baseline_of_numbers_is_the_spread_about_their_mean()
    {
        var baseline = Baseline.OfNumbers(new[] { 1f, 3, 5, 7 });
        Assert.Equal((4.0, 2.0, Math.Sqrt(5)), (baseline.Mean, baseline.MeanAbsoluteError, baseline.RootMeanSquaredError));
        Assert.Equal("always the mean 4: mean absolute error 2, R² 0", baseline.ToString());
        Assert.Throws<DataException>(() => Baseline.OfNumbers(Array.Empty<float>()));
        Assert.Throws<DataException>(() => Baseline.OfClasses(new[] { 0, 3 }, 3));
        Assert.Throws<DataException>(() => Baseline.OfClasses(new[] { -100 }, 3, ignoreIndex: -100));
    }

    [Fact]
    public void A_diagnosis_changes_nothing()
    {
        var model = Deep(Activation.Relu, Initializer.He());
        model.Fit(Data(), epochs: 2);
        var (before, steps) = (Everything(model), model.Iterations);
        model.Diagnose(Feed());
        Weights.AssertSame(before, Everything(model));
        Assert.Equal(steps, model.Iterations);
    }

    private TrainingFinding Single(string name, Model model) =>
        Assert.Single(model.Diagnose(Feed()).Findings.Where(finding => finding.Name == name).Take(1));

    private Model Deep(Activation activation, Initializer weights, Initializer? bias = null, float rate = 0.003f)
    {
        Node node = _x;
        for (var i = 1; i <= 6; i++) node = Layers.Dense(node, 32, activation, weights, bias ?? Initializer.Zeros(), name: $"layer {i}");
        var output = Layers.Dense(node, 1, weights: Initializer.Glorot(), bias: Initializer.Zeros(), name: "output");
        return new Model(Losses.MeanSquaredError(output, _y), output, new Adam(rate), Metrics.MeanAbsoluteError(output, _y), seed: 1,
            threads: 1);
    }

    private static float[] Everything(Model model) => [.. model.AllVariables.SelectMany(variable => variable.Memory.Span.ToArray())];

    private Feed Feed()
    {
        var random = new Random(1);
        var (xs, ys) = (new float[64, 8], new float[64, 1]);
        for (var i = 0; i < 64; i++)
        {
            for (var j = 0; j < 8; j++) xs[i, j] = 2 * random.NextSingle() - 1;
            ys[i, 0] = MathF.Sin(3 * xs[i, 0]) + xs[i, 1] * xs[i, 2];
        }
        return new Feed { [_x] = xs, [_y] = ys };
    }

    private Dataset Data() => new() { [_x] = Feed()[_x], [_y] = Feed()[_y] };
}
