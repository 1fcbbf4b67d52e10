namespace SimpleFlow.Tests.Training;

/// <summary>What batch normalisation remembers of the data: of small batches, in parts that are not to
/// learn, and never what is not finite.</summary>
public class BatchNormTrainingTests
{
    private readonly Placeholder _x = new("x", [null, 1]);

    private (Model Model, Variable Mean, Variable Variance) Net()
    {
        var norm = Layers.BatchNorm(_x, name: "norm");
        var model = new Model(norm.Power(2).Mean(), norm, new GradientDescent(0, 0));
        return (model, model.Variables.Single(one => one.Name == "norm/mean"), model.Variables.Single(one => one.Name == "norm/variance"));
    }

    // Mean 3, variance 100.
    private Dataset Data(int rows) =>
        new() { [_x] = DataArray.From(Enumerable.Range(0, rows).Select(row => row % 2 == 0 ? 13f : -7f).ToArray()).Reshape(rows, 1) };

    [Theory]
    [InlineData(33, 32, 97)]          // (32 · 100 + 1 · 0) / 33: what was 47 when the row counted for as much as the others together
    [InlineData(34, 32, 100)]
    [InlineData(65, 32, 98)]
    [InlineData(64, 32, 100)]
    public void A_small_last_batch_counts_for_as_little_as_it_has_rows(int rows, int batchSize, float variance)
    {
        var (model, mean, running) = Net();
        model.Fit(Data(rows), new FitOptions { Epochs = 150, BatchSize = batchSize, Shuffle = false });
        Assert.Equal(variance, running.Value, 1.0);
        Assert.Equal(3, mean.Value, 1.0);
    }

    [Fact]
    public void So_it_does_where_gradients_are_gathered_and_after_a_resume()
    {
        var (gathered, _, running) = Net();
        gathered.Fit(Data(33), new FitOptions { Epochs = 150, BatchSize = 8, Shuffle = false, Accumulate = 3 });
        Assert.Equal(97, running.Value, 1.0);
        // One fit after the other, of other sizes, and one step at a time.
        gathered.Fit(Data(5), new FitOptions { Epochs = 1, BatchSize = 2, Accumulate = 2 });
        gathered.Fit(Data(5), epochs: 1, batchSize: 5);
        var before = running.Value;
        gathered.Fit(new Feed { [_x] = new float[,] { { 3 } } }, 1);
        Assert.Equal(0.9f * before, running.Value, 1e-4);
    }

    [Fact]
    public void A_full_batch_moves_the_averages_as_it_always_did()
    {
        var (model, mean, variance) = Net();
        model.Fit(Data(20), epochs: 1, batchSize: 32);          // a data set smaller than the batch is a full one
        Assert.Equal(0.1f * 3, mean.Value, 1e-6);
        Assert.Equal(0.9f + 0.1f * 100, variance.Value, 1e-4);
    }

    [Fact]
    public void Running_averages_are_under_the_guard()
    {
        // What is normalised is finite, 1 and −1 and so on, and its variance is not.
        var (model, mean, variance) = Net();
        model.Fit(Data(8), epochs: 1);
        var before = (mean.Value, variance.Value, model.Iterations);
        var rows = new float[8, 1];
        rows[5, 0] = 1e30f;
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Dataset { [_x] = rows }, epochs: 1));
        Assert.Contains("The step was not made", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, (mean.Value, variance.Value, model.Iterations));
        // A scale at which nothing overflows is none of the guard's business, though a gradient of that size would be.
        rows[5, 0] = 1e17f;
        model.Fit(new Dataset { [_x] = rows }, epochs: 1);
        Assert.InRange(variance.Value, 1e31f, 1e34f);
    }

    [Fact]
    public void What_a_user_assigns_is_under_the_guard()
    {
        var (w, kept) = (new Variable("w", [], Initializer.Constant(1)),
            new Variable("kept", [], Initializer.Constant(1), trainable: false));
        var model = new Model((w * _x.Mean()).Sum(), optimizer: new Adam(), metrics: kept.Assign(kept * 1e30f, "kept"));
        model.Fit(new Feed { [_x] = new float[,] { { 3 } } }, 1);
        var error = Assert.Throws<TrainingException>(() => model.Fit(new Feed { [_x] = new float[,] { { 3 } } }, 1));
        Assert.Contains("but the new value of a running average or a variable is not finite", error.Message, StringComparison.Ordinal);
        Assert.Equal((1e30f, 1), (kept.Value, model.Iterations));
    }

    [Fact]
    public void A_body_in_its_form_for_use_drops_nothing_and_remembers_nothing_new_while_the_rest_trains()
    {
        var hidden = Layers.Dropout(Layers.BatchNorm(Layers.Dense(_x, 4, name: "hidden"), name: "norm"), 0.5f);
        var pretraining = new Model(Layers.Dense(hidden, 1, name: "first").Power(2).Mean(), optimizer: new Adam(0.01f));
        pretraining.Fit(Data(32), epochs: 3, batchSize: 8);
        var remembered = pretraining.Variables.Where(variable =>
            variable.Name!.StartsWith("norm/", StringComparison.Ordinal) && !variable.IsTrainable).ToList();
        var before = remembered.ConvertAll(variable => variable.Values.ToArray());
        Assert.Equal(2, before.Count);

        var body = hidden.InferenceMode();
        var head = Layers.Dense(body, 1, name: "head");
        var tuned = new Model(Losses.MeanSquaredError(head, _x), body, new AdamW(0.01f));
        var weights = tuned.Variables.Single(variable => variable.Name == "hidden/w").Values.ToArray();
        // The training's loss is that of an evaluation: nothing falls, and no batch is normalised by itself.
        var loss = tuned.Evaluate(new Feed { [_x] = new float[,] { { 13 }, { -7 } } }).Loss;
        tuned.Fit(new Feed { [_x] = new float[,] { { 13 }, { -7 } } }, 1);
        Assert.Equal(loss, tuned.Losses[0].Value, 1e-5 * loss);
        tuned.Fit(Data(32), epochs: 3, batchSize: 5);
        Assert.Equal(before, remembered.ConvertAll(variable => variable.Values.ToArray()));
        Assert.NotEqual(weights, tuned.Variables.Single(variable => variable.Name == "hidden/w").Values.ToArray());

        // And with a StopGradient nothing of it learns.
        var frozen = new Model(Losses.MeanSquaredError(Layers.Dense(hidden.InferenceMode().StopGradient(), 1, name: "other"), _x),
            optimizer: new AdamW(0.01f, weightDecay: 0.5f));
        var all = Weights.Of(pretraining);
        frozen.Fit(Data(32), epochs: 2, batchSize: 5);
        Weights.AssertSame(all, Weights.Of(pretraining));
    }
}
