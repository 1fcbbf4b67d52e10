namespace SimpleFlow.Tests.Training;

/// <summary>Training, evaluating and predicting over datasets.</summary>
[Trait("Promise", "14")]
public class EpochTests
{
    private readonly Placeholder _x = new("x", [null, 2]);
    private readonly Placeholder _y = new("y", [null]);
    private readonly Variable _w = new("w", [2, 1], Initializer.Constant(0.5f, -0.5f));

    private Node Predicted => _x.MatMul(_w).Reshape([null]);

    private Dataset Rows(int rows, int seed = 1)
    {
        var random = new Random(seed);
        var x = new float[rows, 2];
        var y = new float[rows];
        for (var i = 0; i < rows; i++)
        {
            (x[i, 0], x[i, 1]) = (random.NextSingle(), random.NextSingle());
            y[i] = 2 * x[i, 0] - x[i, 1] + 0.1f * random.NextSingle();
        }
        return new Dataset { [_x] = x, [_y] = y };
    }

    [Theory]
    [InlineData(8, 28, 256), InlineData(512, 28, 512), InlineData(8, 224, 20), InlineData(32, 224, 32), InlineData(8, 4096, 8)]
    public void It_is_validated_with_as_many_rows_at_a_time_as_memory_bears(int batchSize, int side, int expected)
    {
        var images = new Placeholder("images", [null, 32, side, side]);
        var model = new Model((images * new Variable("w", [1])).Mean());
        Assert.Equal(expected, model.Graph.RowsToEvaluate(batchSize));
    }

    [Fact]
    public void An_epoch_makes_one_step_for_each_batch_and_the_last_may_be_smaller()
    {
        var model = new Model(Losses.MeanSquaredError(Predicted, _y), optimizer: new GradientDescent(0.1f, 0));
        model.Fit(Rows(10), epochs: 3, batchSize: 4);
        Assert.Equal(3 * 3, model.Iterations);
        Assert.Equal([1, 2, 3], model.History.Epochs.Select(epoch => epoch.Epoch));
        model.Fit(Rows(10), epochs: 1, batchSize: 100);
        Assert.Equal((10, 4), (model.Iterations, model.History.Last.Epoch));
        Assert.Equal(model.History.Losses, model.History.Epochs.Select(epoch => epoch.Training.Loss));
        Assert.True(model.History.Losses[3] < model.History.Losses[0]);
    }

    [Fact]
    public void Losses_and_metrics_are_averaged_over_rows_not_over_batches()
    {
        // With a rate of 0 the weights stay, so an epoch in batches of 4, 4 and 2 must report what one batch of all rows does.
        var predicted = Predicted;
        var model = new Model(Losses.MeanSquaredError(predicted, _y), optimizer: new GradientDescent(0, 0),
            metrics: (predicted - _y).Abs().Mean(name: "error"));
        var data = Rows(10);
        var whole = model.Evaluate(data, batchSize: 10);
        var epoch = model.Fit(data, epochs: 1, batchSize: 4, validation: data).Last;
        foreach (var inBatches in new[] { epoch.Training, epoch.Validation!, model.Evaluate(data, batchSize: 3) })
        {
            Assert.Equal(whole.Loss, inBatches.Loss, 1e-6);
            Assert.Equal(whole.Metrics["error"], inBatches.Metrics["error"], 1e-6);
        }
    }

    [Fact]
    public void Validation_runs_after_the_epoch_and_trains_nothing()
    {
        var data = Rows(20);
        var unseen = Rows(7, seed: 2);
        var model = new Model(Losses.MeanSquaredError(Predicted, _y), optimizer: new GradientDescent(0.1f, 0), seed: 4);
        var history = model.Fit(data, epochs: 2, batchSize: 6, validation: unseen);
        Assert.Equal(model.Evaluate(unseen).Loss, history.Last.Validation!.Loss);
        var trained = Weights.Of(model);

        _w.Set([0.5f, -0.5f]);
        var without = new Model(Losses.MeanSquaredError(Predicted, _y), optimizer: new GradientDescent(0.1f, 0), seed: 4);
        Assert.Null(without.Fit(data, epochs: 2, batchSize: 6).Last.Validation);
        Weights.AssertSame(trained, Weights.Of(without));
    }

    [Fact]
    public void Rows_come_in_another_order_each_epoch_and_as_they_are_without_shuffling()
    {
        var source = new Recorder(rows: 50);
        var model = RecordingModel(source, out var data);
        model.Fit(data, epochs: 3, batchSize: 7);
        var orders = source.Seen.Chunk(50).ToArray();
        Assert.All(orders, order => Assert.Equal(Enumerable.Range(0, 50), order.Order()));
        Assert.Equal(3, orders.Select(order => string.Join(',', order)).Distinct(StringComparer.Ordinal).Count());

        source.Seen.Clear();
        model.Fit(data, new FitOptions { Epochs = 1, BatchSize = 7, Shuffle = false });
        Assert.Equal(Enumerable.Range(0, 50), source.Seen);
    }

    [Fact]
    public void Progress_is_reported_at_the_end_of_every_epoch_and_only_goes_forward()
    {
        var reports = new Reports();
        var model = new Model(Losses.MeanSquaredError(Predicted, _y), optimizer: new GradientDescent(0.1f, 0));
        model.Fit(Rows(10), new FitOptions { Epochs = 5, BatchSize = 3, Progress = reports });
        var ends = reports.Where(report => report.Finished is not null).ToList();
        Assert.Equal([1, 2, 3, 4, 5], ends.Select(report => report.Epoch));
        Assert.All(ends, report => Assert.Equal((4, 4, 5), (report.Batch, report.Batches, report.Epochs)));
        Assert.Equal(model.History.Epochs, ends.Select(report => report.Finished!));
        Assert.Equal(ends.Select(report => report.Finished!.Loss), ends.Select(report => report.Current.Loss));
        Assert.All(reports.Zip(reports.Skip(1)), pair =>
        {
            Assert.True((pair.First.Epoch, pair.First.Batch).CompareTo((pair.Second.Epoch, pair.Second.Batch)) <= 0);
            Assert.True(pair.First.Elapsed <= pair.Second.Elapsed);
        });
        Assert.Equal(TimeSpan.Zero, ends[^1].Remaining);
        Assert.All(reports, report => Assert.True(report.RowsPerSecond > 0));
    }

    [Fact]
    public void Progress_that_throws_stops_the_fit_and_leaves_the_model_usable()
    {
        var model = new Model(Losses.MeanSquaredError(Predicted, _y), optimizer: new GradientDescent(0.1f, 0));
        Assert.Throws<InvalidTimeZoneException>(() => model.Fit(Rows(10), new FitOptions
        {
            Epochs = 5,
            BatchSize = 3,
            Progress = new Throwing(),
        }));
        model.Fit(Rows(10), epochs: 1);
    }

    [Fact]
    public void Cancelling_stops_after_the_running_step()
    {
        // What the weights are after k steps, for every k.
        var source = new Recorder(rows: 40);
        var model = RecordingModel(source, out var data);
        var after = new List<float[]>();
        source.OnBatch = () => after.Add(Weights.Of(model));
        model.Fit(data, epochs: 3, batchSize: 7);
        after.Add(Weights.Of(model));

        foreach (var step in new[] { 1, 2, 6, 7, 11, 17 })
        {
            var cancelled = new Recorder(rows: 40);
            var stopped = RecordingModel(cancelled, out var same);
            using var cancellation = new CancellationTokenSource();
            var batches = 0;
            cancelled.OnBatch = () =>
            {
                if (++batches == step) cancellation.Cancel();
            };
            Assert.Throws<OperationCanceledException>(() => stopped.Fit(same, epochs: 3, batchSize: 7, cancellation: cancellation.Token));
            Assert.Equal(step, stopped.Iterations);
            Weights.AssertSame(after[step], Weights.Of(stopped));
            cancelled.OnBatch = null;
            stopped.Fit(same, epochs: 1, batchSize: 7);
            Assert.Equal(step + 6, stopped.Iterations);
        }
    }

    [Fact]
    public void A_fit_that_is_cancelled_before_it_begins_changes_nothing()
    {
        var model = new Model(Losses.MeanSquaredError(Predicted, _y), optimizer: new GradientDescent(0.1f, 0));
        using var cancellation = new CancellationTokenSource();
        cancellation.Cancel();
        Assert.Throws<OperationCanceledException>(() => model.Fit(Rows(5), epochs: 1, cancellation: cancellation.Token));
        Assert.Throws<OperationCanceledException>(() =>
            model.Fit(new Feed { [_x] = new float[1, 2], [_y] = new float[1] }, 1, cancellation.Token));
        Assert.Throws<OperationCanceledException>(() => model.Evaluate(Rows(5), cancellation: cancellation.Token));
        Assert.Equal((0, 0), (model.Iterations, model.History.Epochs.Count));
    }

    [Fact]
    public void A_model_that_is_in_use_refuses_a_second_caller()
    {
        var source = new Recorder(rows: 4);
        var model = RecordingModel(source, out var data);
        var refused = 0;
        source.OnBatch = () =>
        {
            foreach (var call in new Action[] { () => model.Fit(data, 1), () => model.Fit(new Feed(), 1), () => model.Predict(new Feed()),
                () => model.Evaluate(data), () => model.PlanText(new Feed()) })
            {
                // Another thread than the one that trains.
                var error = Assert.Throws<InvalidOperationException>(() => Task.Run(call).GetAwaiter().GetResult());
                Assert.Contains("in use, by a call on another thread", error.Message, StringComparison.Ordinal);
                refused++;
            }
        };
        model.Fit(data, epochs: 1);
        Assert.Equal(5, refused);
        source.OnBatch = null;
        model.Fit(data, epochs: 1);
    }

    [Fact]
    public void Predicting_a_dataset_is_predicting_a_feed()
    {
        var model = new Model([], Predicted);
        var data = Rows(23);
        var expected = model.Predict(new Feed { [_x] = data[_x] }).ToArray();
        foreach (var batchSize in new[] { 1, 5, 23, 100 })
        {
            var predicted = model.Predict(data, batchSize);
            Assert.Equal([23], predicted.Lengths.ToArray().Select(length => (int)length));
            Weights.AssertSame(expected, predicted.ToArray());
        }
        Assert.Contains("no row for each example",
            Assert.Throws<GraphException>(() => new Model([], Predicted.Mean()).Predict(data)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_do_not_fit_are_refused_and_not_dealt_out_anew()
    {
        // Ten numbers are ten rows, not five rows of two: shuffled, they would become pairs that never belonged together.
        var model = new Model([], Predicted);
        var flat = new Dataset { [_x] = new float[10] };
        Assert.Contains("`x`", Assert.Throws<GraphException>(() => model.Predict(flat, batchSize: 4)).Message, StringComparison.Ordinal);
        Assert.Contains("no rows", Assert.Throws<DataException>(() => model.Predict(new Dataset())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_first_epoch_is_missing_until_it_is_trained() =>
        Assert.Throws<InvalidOperationException>(() => new Model([], Predicted).History.Last);

    private static Model RecordingModel(Recorder source, out Dataset data)
    {
        var x = new Placeholder("x", [null, 1]);
        var w = new Variable("w", [1, 1], Initializer.Constant(0.1f));
        data = new Dataset { [x] = source };
        var predicted = x.MatMul(w);
        return new Model(Losses.MeanSquaredError(predicted, 0.01f * x + 1f), predicted, new GradientDescent(0.0005f, 0), seed: 9);
    }

    /// <summary>Row i holds the number i; says which rows are read, and when a batch begins.</summary>
    private sealed class Recorder(int rows, int batchSize = 7) : DataArray([rows, 1])
    {
        public List<int> Seen { get; } = [];

        public Action? OnBatch { get; set; }

        internal override void Read(int row, int count, Span<float> destination)
        {
            for (var i = 0; i < count; i++)
            {
                if (Seen.Count % rows % batchSize == 0) OnBatch?.Invoke();
                Seen.Add(row + i);
                destination[i] = row + i;
            }
        }

        internal override void Read(int row, int count, Span<int> destination) => throw new NotSupportedException();
    }

    private sealed class Reports : List<TrainingProgress>, IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => Add(value);
    }

    private sealed class Throwing : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => throw new InvalidTimeZoneException();
    }
}
