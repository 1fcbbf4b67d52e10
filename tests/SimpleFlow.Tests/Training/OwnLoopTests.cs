namespace SimpleFlow.Tests.Training;

/// <summary>Training loops that users write: single steps over the batches of a dataset.</summary>
public sealed class OwnLoopTests
{
    private const int Rows = 50;
    private readonly Placeholder _x = new("x", [null, 1, 8, 8]), _y = new("y", [null, 3]);

    [Theory, InlineData(10), InlineData(16), InlineData(64)]
    public void A_loop_over_steps_is_a_fit_bit_for_bit(int batchSize)
    {
        // With batch normalisation and a smaller last batch, random changes of rows, and dropout.
        var (fitted, looped) = (Net(), Net());
        var data = Data().Augment(_x, new ImageAugmentation(8, 8) { Shift = 2 });
        fitted.Fit(data, epochs: 3, batchSize);
        var losses = new List<double>();
        for (var epoch = 0; epoch < 3; epoch++)
        {
            var (sum, rows) = (0.0, 0);
            foreach (var batch in data.Batches(batchSize, epoch, looped.Seed))
            {
                sum += (double)looped.Step(batch).Loss * batch[_x].Rows;
                rows += batch[_x].Rows;
            }
            losses.Add(sum / rows);
        }
        Weights.AssertSame(Weights.Of(fitted), Weights.Of(looped));
        Assert.Equal(fitted.Iterations, looped.Iterations);
        Assert.Empty(looped.History.Epochs);
        Assert.Equal(fitted.History.Epochs.Select(epoch => epoch.Loss), losses);
    }

    [Fact]
    public void A_step_gives_the_loss_and_the_metrics_that_it_started_from()
    {
        var model = Net();
        var feed = Data().Batches(20).First();
        var predicted = model.Iterations;
        var step = model.Step(feed);
        Assert.Equal(predicted + 1, model.Iterations);
        Assert.Equal(step.Loss, model.ValueOf(model.Losses[0]));
        Assert.Equal(["accuracy", "mean"], step.MetricNames);
        Assert.InRange(step["accuracy"], 0, 1);
        Assert.Contains("accuracy", step.ToString(), StringComparison.Ordinal);
        Assert.NotEqual(step.Loss, model.Step(feed).Loss);
        var error = Assert.Throws<KeyNotFoundException>(() => step["recall"]);
        Assert.Equal("The model has no metric 'recall'; it has accuracy, mean.", error.Message);
        Assert.Throws<KeyNotFoundException>(() => default(StepResult)["recall"]);
        Assert.Equal("loss 0", default(StepResult).ToString());
    }

    [Fact]
    public void It_does_not_stop_where_nothing_moves_any_more()
    {
        var w = new Variable("w", [], Initializer.Zeros());
        var model = new Model(w.Power(2), optimizer: new GradientDescent());
        for (var i = 0; i < 5; i++) Assert.Equal(0, model.Step(new Feed()).Loss);
        Assert.Equal(5, model.Iterations);
    }

    [Fact]
    public void A_step_has_a_rate_of_its_own()
    {
        var w = new Variable("w", [], Initializer.Ones());
        var optimizer = new GradientDescent(0.25f, learningRateDecay: 0);
        var model = new Model(w.Power(2), optimizer: optimizer);
        model.Step(new Feed(), learningRate: 0.5f);
        Assert.Equal(0, w.Value);
        w.Set([1]);
        model.Step(new Feed());
        Assert.Equal(0.5f, w.Value);
        Assert.Equal(0.25f, optimizer.LearningRate);
        foreach (var bad in new[] { -1, float.NaN, float.PositiveInfinity })
        {
            Assert.Throws<ArgumentOutOfRangeException>("learningRate", () => model.Step(new Feed(), bad));
            Assert.Equal(2, model.Iterations);
        }
    }

    [Fact]
    public void A_step_that_is_not_finite_is_not_made_and_names_the_rows_of_the_dataset()
    {
        var x = new Placeholder("x", [null, 1]);
        var w = new Variable("w", [], Initializer.Ones());
        var model = new Model((x * w).Log().Mean(), optimizer: new GradientDescent());
        var data = new Dataset { [x] = new float[] { 1, 1, 1, 1, 1, 0 } };
        var error = Assert.Throws<TrainingException>(() =>
        {
            foreach (var batch in data.Batches(2, shuffle: false)) model.Step(batch);
        });
        Assert.Equal([5], error.Rows);
        Assert.Equal(2, model.Iterations);
    }

    [Fact]
    public void A_model_that_cannot_be_trained_makes_no_step()
    {
        Assert.Throws<GraphException>(() => new Model(new Variable("w", []).Power(2)).Step(new Feed()));
        Assert.Throws<ArgumentNullException>(() => Net().Step(null!));
        Assert.Throws<GraphException>(() => Net().Step(new Feed()));
    }

    [Fact]
    public void The_batches_of_an_epoch_have_every_row_once_and_epochs_differ()
    {
        var x = new Placeholder("x", [null]);
        var data = new Dataset { [x] = Enumerable.Range(0, 10).Select(i => (float)i).ToArray() };
        List<List<float>> Epoch(int epoch, ulong seed = 0, bool shuffle = true) => [.. data.Batches(4, epoch, seed, shuffle).Select(batch =>
        {
            var rows = new float[batch[x].Rows];
            batch[x].CopyTo(rows);
            return rows.ToList();
        })];
        Assert.Equal([4, 4, 2], Epoch(0).Select(batch => batch.Count));
        Assert.Equal(Enumerable.Range(0, 10).Select(i => (float)i), Epoch(0).SelectMany(batch => batch).Order());
        Assert.Equal(Epoch(0), Epoch(0));
        Assert.NotEqual(Epoch(0), Epoch(1));
        Assert.NotEqual(Epoch(0), Epoch(0, seed: 1));
        Assert.Equal([[0, 1, 2, 3], [4, 5, 6, 7], [8, 9]], Epoch(3, shuffle: false));
        Assert.Throws<ArgumentOutOfRangeException>("batchSize", () => data.Batches(0));
        Assert.Throws<ArgumentOutOfRangeException>("epoch", () => data.Batches(1, epoch: -1));
        Assert.Empty(new Dataset().Batches(3));
    }

    [Fact]
    public void Two_loops_over_one_dataset_do_not_disturb_each_other()
    {
        var x = new Placeholder("x", [null]);
        var data = new Dataset { [x] = Enumerable.Range(0, 9).Select(i => (float)i).ToArray() };
        var pairs = data.Batches(2).Zip(data.Batches(2)).Select(pair => (First(pair.First), First(pair.Second))).ToList();
        Assert.Equal(5, pairs.Count);
        Assert.All(pairs, pair => Assert.Equal(pair.Item1, pair.Item2));

        float First(Feed feed)
        {
            var rows = new float[feed[x].Rows];
            feed[x].CopyTo(rows);
            return rows[0];
        }
    }

    [Fact]
    [Trait("Promise", "20")]
    public void What_a_model_computed_belongs_to_it_and_the_node_has_the_last()
    {
        var x = new Placeholder("x", [null, 1]);
        var w = new Variable("w", [1, 1], Initializer.Ones());
        var prediction = x.MatMul(w);
        var (loss, mean, sizes) = (prediction.Power(2).Mean(name: "cost"), prediction.Mean(name: "mean"), prediction.Abs("sizes"));
        var (first, second) = (new Model(loss, prediction, metrics: [mean, sizes]), new Model(loss, prediction));
        Assert.Throws<InvalidOperationException>(() => first.ValueOf(loss));
        first.Evaluate(new Feed { [x] = new float[] { 2, -4 } });
        second.Evaluate(new Feed { [x] = new float[] { 3 } });
        Assert.Equal((10, 9, 9), (first.ValueOf(loss), second.ValueOf(loss), loss.Value));
        Assert.Equal((-1, 3), (first.ValueOf(mean), first.ValueOf(sizes)));
        first.Predict(new Feed { [x] = new float[] { 5, 6 } });
        second.Predict(new Feed { [x] = new float[] { 7 } });
        Assert.Equal([5, 6], first.ValuesOf(prediction).ToArray());
        Assert.Equal([7], prediction.Values.ToArray());
        Assert.Equal(7, second.ValueOf(prediction));
        Assert.Equal("`predicted` is [2, 1], not one number: use ValuesOf.".Replace("predicted", prediction.Label),
            Assert.Throws<InvalidOperationException>(() => first.ValueOf(prediction)).Message);
        Assert.Contains("neither a loss nor a prediction nor a metric",
            Assert.Throws<GraphException>(() => second.ValueOf(mean)).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentNullException>(() => second.ValueOf(null!));
    }

    private Model Net()
    {
        var maps = Layers.BatchNorm(Layers.Conv2D(_x, 4, 3, Activation.Relu)).MaxPool2D(2);
        var scores = Layers.Dense(Layers.Dropout(maps.Flatten(), 0.3f), 3);
        return new Model(Losses.SoftmaxCrossEntropy(scores, _y), optimizer: new Adam(0.01f),
            metrics: [Metrics.Accuracy(scores, _y), scores.Mean(name: "mean")], seed: 7, threads: 1);
    }

    private Dataset Data()
    {
        var random = new Random(1);
        return new Dataset
        {
            [_x] = DataArray.From(Enumerable.Range(0, Rows * 64).Select(_ => random.NextSingle()).ToArray()).Reshape(Rows, 64),
            [_y] = DataArray.From(Enumerable.Range(0, Rows).Select(row => row % 3).ToArray()).OneHot(3),
        };
    }
}
