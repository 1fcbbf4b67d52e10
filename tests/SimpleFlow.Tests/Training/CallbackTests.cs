namespace SimpleFlow.Tests.Training;

/// <summary>What happens beside a training, seen on a network of one number: its loss is w·x, so
/// what an epoch does is known beforehand.</summary>
public class CallbackTests
{
    private readonly Placeholder _x = new("x", [null]);
    private readonly Variable _w = new("w", [], Initializer.Constant(0));

    private Model Descending(float rate = 1) =>
        new((_x * _w).Mean(), optimizer: new GradientDescent(rate, 0), metrics: (_x * _w).Mean(name: "height"));

    private Dataset Slope(params float[] slopes) => new() { [_x] = slopes };

    private sealed class Diary : Callback
    {
        public List<string> Lines { get; } = [];

        protected internal override void Begin(TrainingRun run) => Lines.Add($"begin {run.Epochs} epochs of {run.Position.StepsPerEpoch}");
        protected internal override void AfterStep(TrainingRun run) =>
            Lines.Add($"step {run.Position.Step} loss {run.Loss} rate {run.LearningRate}");
        protected internal override void BeforeValidation(TrainingRun run) => Lines.Add("before");
        protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch) =>
            Lines.Add($"epoch {epoch.Epoch} loss {epoch.Validation!.Loss}");
        protected internal override void AfterValidation(TrainingRun run) => Lines.Add("after");
        protected internal override void End(TrainingRun run) => Lines.Add("end");
    }

    private sealed class Once(Action<TrainingRun> what) : Callback
    {
        protected internal override void AfterStep(TrainingRun run) => what(run);
    }

    [Fact]
    public void They_are_called_in_order()
    {
        var diary = new Diary();
        Descending().Fit(Slope(1, 1), new FitOptions { Epochs = 1, BatchSize = 1, Validation = Slope(3), Callbacks = [diary] });
        Assert.Equal(["begin 1 epochs of 2", "step 0 loss 0 rate 1", "step 1 loss -1 rate 1", "before", "epoch 1 loss -6", "after", "end"],
            diary.Lines);
    }

    [Fact]
    public void They_hear_of_the_end_also_when_the_training_is_cancelled_or_fails()
    {
        foreach (var failure in new Action<TrainingRun>[] { _ => throw new OperationCanceledException(),
            run => run.Model.Optimizer!.LearningRate = float.PositiveInfinity })
        {
            var diary = new Diary();
            Assert.ThrowsAny<Exception>(() => Descending().Fit(Slope(1, 1, 1), new FitOptions
            {
                Epochs = 1,
                BatchSize = 1,
                Callbacks = [diary, new Once(failure)],
            }));
            Assert.Equal("end", diary.Lines[^1]);
        }
    }

    [Fact]
    public void The_rate_falls_on_a_plateau_and_not_before()
    {
        // The loss of the validation rises with every step that lowers that of the training: only the first epoch is the best.
        var model = Descending(rate: 1);
        var plateau = new ReduceOnPlateau(0.5f, patience: 2, lowestRate: 0.2f);
        var rates = model.Fit(Slope(1), new FitOptions { Epochs = 9, Validation = Slope(-1), Callbacks = [plateau] }).Epochs
            .Select(epoch => epoch.LearningRate);
        Assert.Equal([1, 1, 1, 0.5f, 0.5f, 0.25f, 0.25f, 0.2f, 0.2f], rates);
        Assert.Equal((0.2f, 0), (model.Optimizer!.LearningRate, plateau.Waited));
        // While it improves, the rate stays.
        var improving = Descending();
        improving.Fit(Slope(1), new FitOptions { Epochs = 5, Callbacks = [new ReduceOnPlateau(0.5f, patience: 1)] });
        Assert.Equal(1, improving.Optimizer!.LearningRate);
        foreach (var wrong in new Func<object>[] { () => new ReduceOnPlateau(1), () => new ReduceOnPlateau(0),
            () => new ReduceOnPlateau(patience: 0), () => new ReduceOnPlateau(lowestRate: float.NaN) })
            Assert.Throws<ArgumentOutOfRangeException>(wrong);
    }

    [Fact]
    public void A_callback_can_evaluate_other_data()
    {
        var seen = double.NaN;
        Descending().Fit(Slope(1), new FitOptions
        {
            Epochs = 1,
            Callbacks = [new Once(run => seen = run.Evaluate(Slope(5)).Metrics["height"])],
        });
        Assert.Equal(-5, seen);
    }

    [Fact]
    public void Early_stopping_ends_after_its_patience_and_says_why()
    {
        // w falls by 1 in each epoch; |w + 3| is lowest after the third.
        var model = new Model((_x * _w).Mean(), optimizer: new GradientDescent(1, 0), metrics: (_w + 3f).Abs().Mean(name: "distance"));
        var stopping = new EarlyStopping(patience: 2, metric: "distance", higherIsBetter: false);
        var history = model.Fit(Slope(1), new FitOptions { Epochs = 20, Validation = Slope(1), Callbacks = [stopping] });
        Assert.Equal((5, 3), (history.Epochs.Count, stopping.BestEpoch));
        Assert.Equal("no better distance than 0 in epoch 3 for 2 epochs", history.StopReason);
        model.Fit(Slope(1), epochs: 1);
        Assert.Null(history.StopReason);
    }

    [Fact]
    public void Early_stopping_names_the_metrics_there_are()
    {
        var error = Assert.Throws<GraphException>(() => Descending().Fit(Slope(1), new FitOptions
        {
            Epochs = 2,
            Callbacks = [new EarlyStopping(metric: "accuracy")],
        }));
        Assert.Equal("The model has no metric `accuracy` to watch; it has `height`.", error.Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EarlyStopping(patience: 0));
    }

    [Fact]
    public void Best_weights_come_back_at_the_end()
    {
        var model = new Model((_x * _w).Mean(), optimizer: new GradientDescent(1, 0), metrics: (_w + 3f).Abs().Mean(name: "distance"));
        var best = new BestWeights("distance", higherIsBetter: false);
        model.Fit(Slope(1), new FitOptions { Epochs = 8, Validation = Slope(1), Callbacks = [best] });
        Assert.Equal((3, 0.0, -3f), (best.BestEpoch, best.Best, _w.Memory.Span[0]));
    }

    [Fact]
    public void A_later_epoch_that_is_as_good_is_kept_instead()
    {
        // The distances from the third epoch on are 0, 1, 2, 3, …
        var model = new Model((_x * _w).Mean(), optimizer: new GradientDescent(1, 0), metrics: (_w + 3f).Abs().Mean(name: "distance"));
        var best = new BestWeights("distance", higherIsBetter: false, within: 1.5);
        model.Fit(Slope(1), new FitOptions { Epochs = 8, Validation = Slope(1), Callbacks = [best] });
        Assert.Equal((4, 0.0, -4f), (best.BestEpoch, best.Best, _w.Memory.Span[0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => new BestWeights(within: double.NaN));
    }

    [Fact]
    public void The_average_of_the_weights_is_what_is_validated_and_what_stays()
    {
        // a ← a + (1 − d)(w − a) with d = min(0.9, (1 + t)/(10 + t)) and w = −1, −2, −3, … after each step.
        var expected = 0.0;
        for (var t = 0; t < 6; t++) expected += (1 - Math.Min(0.9, (1.0 + t) / (10 + t))) * (-(t + 1) - expected);
        var model = Descending();
        var seen = new List<float>();
        var history = model.Fit(Slope(1, 1), new FitOptions
        {
            Epochs = 3,
            BatchSize = 1,
            Validation = Slope(1),
            Callbacks = [new WeightAverage(0.9f), new Once(_ => seen.Add(_w.Memory.Span[0]))],
        });
        Assert.Equal(expected, history.Last.Validation!.Loss, 1e-5);
        Assert.Equal(expected, _w.Memory.Span[0], 1e-5);
        Assert.Equal([-1, -2, -3, -4, -5, -6], seen);
        Assert.Throws<ArgumentOutOfRangeException>(() => new WeightAverage(1));
    }

    [Fact]
    public void Gathered_gradients_of_small_batches_are_the_gradient_of_a_large_one()
    {
        var (one, other) = (Trained(batchSize: 12, accumulate: 1), Trained(batchSize: 4, accumulate: 3));
        Assert.Equal(one, other, (a, b) => Math.Abs(a - b) < 1e-5);
        Assert.NotEqual(one, Trained(batchSize: 4, accumulate: 1), (a, b) => Math.Abs(a - b) < 1e-5);

        float[] Trained(int batchSize, int accumulate)
        {
            var x = new Placeholder("x", [null, 3]);
            var y = new Placeholder("y", [null, 1]);
            var loss = Losses.MeanSquaredError(Layers.Dense(Layers.Dense(x, 4, Activation.Tanh), 1), y);
            var model = new Model(loss, optimizer: new Adam(0.05f), seed: 3);
            var random = new Random(5);
            float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
            model.Fit(new Dataset { [x] = DataArray.From(Numbers(36)).Reshape(12, 3), [y] = DataArray.From(Numbers(12)).Reshape(12, 1) },
                new FitOptions
                {
                    Epochs = 5,
                    BatchSize = batchSize,
                    Shuffle = false,
                    Accumulate = accumulate,
                });
            return [.. model.Variables.SelectMany(variable => variable.Memory.Span.ToArray())];
        }
    }

    [Fact]
    public void Nothing_gathered_is_left_by_a_fit_that_was_cancelled()
    {
        var model = Descending();
        Assert.Throws<OperationCanceledException>(() => model.Fit(Slope(100, 1), new FitOptions
        {
            Epochs = 1,
            BatchSize = 1,
            Shuffle = false,
            Callbacks = [new Once(_ => throw new OperationCanceledException())],
            Accumulate = 2,
        }));
        Assert.Equal(0, _w.Memory.Span[0]);
        model.Fit(Slope(1, 3), new FitOptions { Epochs = 1, BatchSize = 1, Accumulate = 2 });
        Assert.Equal(-2, _w.Memory.Span[0]);
    }

    private sealed class Doubling : Augmentation
    {
        public override void Apply(ReadOnlySpan<float> row, Span<float> result, ulong seed, long draw, long index)
        {
            for (var i = 0; i < row.Length; i++) result[i] = row[i] * (draw + 2);
        }
    }

    private sealed class Failing : Augmentation
    {
        public override void Apply(ReadOnlySpan<float> row, Span<float> result, ulong seed, long draw, long index) =>
            throw new DataException($"row {index} cannot be changed");
    }

    [Fact]
    public void Rows_are_changed_in_training_and_nowhere_else()
    {
        var model = Descending();
        var data = Slope(1, 1, 1).Augment(_x, new Doubling());
        model.Fit(data, epochs: 2, batchSize: 1, validation: data);
        Assert.Equal(-(3 * 2 + 3 * 3), _w.Memory.Span[0]);
        Assert.Equal(-15, model.Evaluate(data).Loss);
        Assert.Equal(-15, model.History.Last.Validation!.Loss);
    }

    [Fact]
    public void An_error_while_rows_are_changed_arrives_and_the_model_stays_usable()
    {
        var model = Descending();
        Assert.StartsWith("row ",
            Assert.Throws<DataException>(() => model.Fit(Slope(1, 1).Augment(_x, new Failing()), epochs: 1, batchSize: 1)).Message,
            StringComparison.Ordinal);
        model.Fit(Slope(1), epochs: 1);
        Assert.Equal(-1, _w.Memory.Span[0]);
    }
}
