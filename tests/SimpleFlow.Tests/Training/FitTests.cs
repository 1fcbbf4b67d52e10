namespace SimpleFlow.Tests.Training;

/// <summary>Training on one feed, and what a model is made of.</summary>
[Trait("Promise", "13")]
public class FitTests
{
    private readonly Placeholder _x = new("x", [null]);

    private static Variable Number(string name, float value, bool trainable = true) =>
        new(name, [], Initializer.Constant(value), trainable);

    [Fact]
    public void Stops_at_the_first_step_that_moves_nothing_by_more_than_1e_8_and_not_before()
    {
        // w falls by a tenth of itself: down to 1e-7 a step moves it by more than 1e-8, then by less.
        var w = Number("w", 1);
        var model = new Model(w.Power(2), optimizer: new GradientDescent(0.05f, 0));
        var result = model.Fit(new Feed(), maxIterations: 10_000);
        Assert.True(result.Settled);
        Assert.Equal(model.Iterations, result.Iterations);

        var again = Number("w", 1);
        var stepwise = new Model(again.Power(2), optimizer: new GradientDescent(0.05f, 0));
        for (var step = 1; step <= result.Iterations; step++)
        {
            var before = again.Value;
            Assert.Equal(step == result.Iterations, stepwise.Fit(new Feed(), maxIterations: 1).Settled);
            Assert.Equal(step == result.Iterations, Math.Abs(again.Value - before) <= 1e-8f);
        }
        Assert.Equal(again.Value, w.Value);
    }

    [Fact]
    public void One_variable_that_moves_is_enough_to_go_on()
    {
        var (still, moving) = (Number("still", 0), Number("moving", 1));
        var model = new Model(still.Power(2) + moving, optimizer: new GradientDescent(0.1f, 0));
        var result = model.Fit(new Feed(), maxIterations: 50);
        Assert.Equal((50, false), (result.Iterations, result.Settled));
        Assert.Equal(1 - 50 * 0.1f, moving.Value, 1e-4);
    }

    [Fact]
    public void The_loss_is_what_the_last_step_started_from()
    {
        var w = Number("w", 3);
        var loss = w.Power(2);
        var model = new Model(loss, optimizer: new GradientDescent(0.25f, 0));
        Assert.Equal(9, model.Fit(new Feed(), 1).Loss);
        Assert.Equal((9, 1.5f), (loss.Value, w.Value));
        Assert.Equal(2.25f, model.Fit(new Feed(), 1).Loss);
        Assert.Equal(2.25f, loss.Value);
    }

    [Fact]
    public void Several_losses_are_summed()
    {
        var (a, b) = (Number("a", 1), Number("b", 2));
        Node first = a.Power(2), second = 3f * (a * b), several = _x * b;
        var model = new Model([first, second, several], optimizer: new GradientDescent(0.1f, 0));
        var result = model.Fit(new Feed { [_x] = new[] { 1f, 2 } }, 1);
        Assert.Equal(1 + 6 + 2 + 4, result.Loss);
        Assert.Equal((1f, 6f), (first.Value, second.Value));
        Assert.Equal([2f, 4f], several.Values.ToArray());
        // ∂/∂a = 2a + 3b = 8, ∂/∂b = 3a + Σx = 6.
        Assert.Equal(1 - 0.8f, a.Value, 1e-6);
        Assert.Equal(2 - 0.6f, b.Value, 1e-6);
    }

    [Fact]
    public void All_predictions_of_a_dataset_come_at_once()
    {
        var x = new Placeholder("x", [null, 2]);
        var model = new Model(default, predictions: [x * 2, x.Sum(axis: 1), x.Sum()], threads: 1);
        var dataset = new Dataset { [x] = new float[,] { { 1, 2 }, { 3, 4 }, { 5, 6 } } };
        Assert.Contains("has no row for each example", Assert.Throws<GraphException>(() => model.PredictAll(dataset)).Message,
            StringComparison.Ordinal);
        var all = new Model(default, predictions: [x * 2, x.Sum(axis: 1)], threads: 1).PredictAll(dataset, batchSize: 2);
        Assert.Equal([2f, 4, 6, 8, 10, 12], all[0]);
        Assert.Equal([3, 2], all[0].Lengths.ToArray());
        Assert.Equal([3f, 7, 11], all[1]);
        Assert.Equal(all[0], model.Predict(dataset));
    }

    [Fact]
    public void A_prediction_of_one_number_is_a_number()
    {
        var x = new Placeholder("x", [null, 1]);
        var (line, sum) = (new Model(default, predictions: x * 2 + 1), new Model(default, predictions: x.Sum()));
        Assert.Equal(7, line.PredictScalar(new Feed { [x] = 3 }));
        Assert.Equal(5, sum.PredictScalar(new Feed { [x] = new float[,] { { 2 }, { 3 } } }));
        Assert.Contains("[2, 1] for this feed, not one number",
            Assert.Throws<GraphException>(() => line.PredictScalar(new Feed { [x] = new float[,] { { 2 }, { 3 } } })).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Several_predictions_come_back_in_order()
    {
        var doubled = _x * 2f;
        var labels = Flow.Concat([_x.Reshape([null, 1]), -_x.Reshape([null, 1])], 1).ArgMax();
        var model = new Model([], [doubled, labels, _x.Greater(1f)]);
        var all = model.PredictAll(new Feed { [_x] = new[] { 1f, 3 } });
        Assert.Equal([2f, 6f], all[0].ToArray());
        Assert.Equal([0f, 0f], all[1].ToArray());
        Assert.Equal([0f, 1f], all[2].ToArray());
        Assert.Equal([2f, 6f], doubled.Values.ToArray());
        Assert.Equal(all[0].ToArray(), model.Predict(new Feed { [_x] = new[] { 1f, 3 } }).ToArray());
    }

    [Fact]
    public void A_model_without_an_optimizer_evaluates_and_does_not_train()
    {
        var w = Number("w", 2);
        var loss = (w * _x).Mean(name: "loss");
        var model = new Model(loss, w * _x, metrics: _x.Max(name: "largest"));
        var feed = new Feed { [_x] = new[] { 1f, 3 } };
        var evaluation = model.Evaluate(feed);
        Assert.Equal(4, evaluation.Loss);
        Assert.Equal(3, evaluation.Metrics["largest"]);
        Assert.Equal(4, loss.Value);
        Assert.Equal([2f, 6f], model.Predict(feed).ToArray());
        Assert.Contains("no optimizer", Assert.Throws<GraphException>(() => model.Fit(feed, 1)).Message, StringComparison.Ordinal);
        Assert.Equal((0, 2f), (model.Iterations, w.Value));
    }

    [Fact]
    public void What_cannot_be_done_is_said()
    {
        var w = Number("w", 2);
        var loss = w * _x;
        var model = new Model(loss.Mean(), optimizer: new Adam());
        Assert.Contains("no predictions", Assert.Throws<GraphException>(() => model.Predict(new Feed())).Message, StringComparison.Ordinal);
        Assert.Contains("`x`", Assert.Throws<GraphException>(() => model.Fit(new Feed(), 1)).Message, StringComparison.Ordinal);
        Assert.Contains("no trainable variable", Assert.Throws<GraphException>(() => new Model(_x.Mean(), optimizer: new Adam())).Message,
            StringComparison.Ordinal);
        Assert.Contains("no trainable variable",
            Assert.Throws<GraphException>(() => new Model(Number("v", 1, trainable: false) * 2f, optimizer: new Adam())).Message,
            StringComparison.Ordinal);
        Assert.Contains("must be Float32", Assert.Throws<GraphException>(() => new Model(_x.ArgMax())).Message, StringComparison.Ordinal);
        Assert.Contains("`error`",
            Assert.Throws<ArgumentException>(() => new Model(loss, metrics: [_x.Max(name: "error"), _x.Mean(name: "error")])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Model(loss, threads: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => model.Fit(new Feed(), 0));
        Assert.Throws<ArgumentNullException>(() => model.Fit((Feed)null!, 1));
    }

    [Fact]
    public void A_value_that_nobody_computed_is_not_there()
    {
        var w = Number("w", 2);
        var loss = (w * _x).Mean(name: "loss");
        var model = new Model(loss, w * _x);
        Assert.Contains("`loss` has no value yet", Assert.Throws<InvalidOperationException>(() => loss.Value).Message,
            StringComparison.Ordinal);
        Assert.Throws<InvalidOperationException>(() => _x.Values);
        var prediction = w * _x;
        new Model([], prediction).Predict(new Feed { [_x] = new[] { 1f, 2 } });
        Assert.Contains("read Values", Assert.Throws<InvalidOperationException>(() => prediction.Value).Message, StringComparison.Ordinal);
        model.Evaluate(new Feed { [_x] = new[] { 1f, 2 } });
        Assert.Equal(3, loss.Value);
    }

    [Fact]
    public void A_loss_that_is_not_a_number_stops_the_fit()
    {
        var w = Number("w", 1);
        var model = new Model((w * _x).Mean(), optimizer: new GradientDescent(0.1f, 0));
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Feed { [_x] = new[] { float.NaN } }, 100));
        Assert.Contains("NaN at iteration 1", error.Message, StringComparison.Ordinal);
        Assert.Equal(0, model.Iterations);

        var steep = Number("steep", 1);
        var diverging = new Model(steep.Power(2), optimizer: new GradientDescent(10f, 0));
        Assert.Throws<TrainingException>(() => diverging.Fit(new Feed(), 10_000));
        Assert.InRange(diverging.Iterations, 2, 100);
    }

    [Fact]
    public void Nothing_flows_through_a_stopped_gradient()
    {
        var (a, b) = (Number("a", 2), Number("b", 3));
        var model = new Model(a.StopGradient() * b + a, optimizer: new GradientDescent(0.1f, 0));
        model.Fit(new Feed(), 1);
        Assert.Equal(2 - 0.1f, a.Value, 1e-6);
        Assert.Equal(3 - 0.2f, b.Value, 1e-6);
    }

    [Fact]
    public void Users_assign_variables_of_their_own()
    {
        var counter = Number("counter", 0, trainable: false);
        var w = Number("w", 1);
        // A metric that counts the steps beside what is trained; where it is predicted or
        // evaluated, it says what the next step would make of it.
        var model = new Model(w.Power(2), counter.Assign(counter + 1f), new GradientDescent(0.1f, 0),
            metrics: counter.Assign(counter + 1f, "steps"));
        Assert.Equal(4, model.Fit(new Feed(), 4).Iterations);
        Assert.Equal(4, counter.Value);
        Assert.Equal(5, model.Predict(new Feed()).ToArray()[0]);
        Assert.Equal(5, model.Evaluate(new Feed()).Metrics["steps"]);
        Assert.Equal(4, counter.Value);
    }

    [Fact]
    public void Metrics_may_be_whole_numbers_and_truth_values()
    {
        var model = new Model(_x.Sum(), metrics: [_x.ArgMax(name: "where"), _x.Greater(1.5f, "share")]);
        var metrics = model.Evaluate(new Feed { [_x] = new[] { 1f, 2, 4, 3 } }).Metrics;
        Assert.Equal(2, metrics["where"]);
        Assert.Equal(0.75, metrics["share"]);
    }

    [Fact]
    public void Random_ops_draw_anew_at_every_step_and_the_same_for_the_same_seed()
    {
        float[] Draws(ulong seed)
        {
            var sum = Number("sum", 0, trainable: false);
            var w = Number("w", 1);
            var noise = ((Node)sum).RandomNormal(name: "noise");
            var model = new Model(w + noise, optimizer: new GradientDescent(0, 0), seed: seed);
            return [.. Enumerable.Range(0, 5).Select(_ => model.Fit(new Feed(), 1).Loss)];
        }
        var first = Draws(seed: 1);
        Assert.Equal(5, first.Distinct().Count());
        Assert.Equal(first, Draws(seed: 1));
        Assert.NotEqual(first, Draws(seed: 2));
    }

    [Fact]
    public void The_same_seed_gives_the_same_bits_and_another_seed_others()
    {
        float[] Trained(ulong seed)
        {
            var net = SeedNetworks.Parabola.Create();
            var model = new Model(net.Loss, optimizer: new Adam(0.01f), seed: seed);
            model.Fit(net.Feed(20), 30);
            return Weights.Of(model);
        }
        Weights.AssertSame(Trained(3), Trained(3));
        Assert.NotEqual(Trained(3), Trained(4));
    }

    [Fact]
    public void A_summary_lists_the_layers()
    {
        var net = SeedNetworks.Mnist.Create();
        var model = new Model(net.Loss, net.Predicted);
        Assert.Equal(784 * 64 + 64 + 64 * 10 + 10, model.ParameterCount);
        Snapshot.AssertMatches("mnist-summary", model.Summary());
        Snapshot.AssertMatches("parabola-summary", new Model(SeedNetworks.Parabola.Create().Loss).Summary());
    }

    [Fact]
    public void A_summary_of_a_layer_with_many_variables_names_some_and_says_how_many_there_are()
    {
        Node x = new Placeholder("x", [null, 2]);
        for (var i = 0; i < 20; i++) x = x * new Variable($"body/v{i}", [2]);
        var line = Assert.Single(new Model(x.Mean()).Summary().Split('\n'), one => one.StartsWith("body", StringComparison.Ordinal));
        Assert.Contains("v0 [2], v1 [2], v2 [2], v3 [2], v4 [2], v5 [2], … (20 variables)", line, StringComparison.Ordinal);
        Assert.EndsWith("40", line, StringComparison.Ordinal);
    }

    [Fact]
    public void A_summary_gives_the_output_of_convolutions_and_norms()
    {
        var x = new Placeholder("x", [null, 1, 8, 8]);
        var lines = new Model(Layers.BatchNorm(Layers.Conv2D(x, 4, 3, name: "conv"), name: "norm").Mean()).Summary().Split('\n');
        Assert.Contains("[?, 4, 6, 6]  w [4, 1, 3, 3], b [4]",
            Assert.Single(lines, line => line.StartsWith("conv", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("[?, 4, 6, 6]", Assert.Single(lines, line => line.StartsWith("norm", StringComparison.Ordinal)),
            StringComparison.Ordinal);
    }
}
