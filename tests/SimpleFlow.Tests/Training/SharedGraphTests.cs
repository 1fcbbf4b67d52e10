using System.Globalization;

namespace SimpleFlow.Tests.Training;

/// <summary>Models that share nodes and variables, on many threads: each call gets its own
/// answer, the bits that it would get alone.</summary>
[Trait("Promise", "20")]
public sealed class SharedGraphTests(ITestOutputHelper output)
{
    private const int Rows = 24, Inputs = 5;
    private readonly Placeholder _x = new("x", [null, Inputs]), _y = new("y", [null, 1]);

    [Theory, InlineData(1), InlineData(2), InlineData(8), InlineData(64)]
    public async Task Everybody_gets_the_answers_to_his_own_questions(int threads)
    {
        var (loss, prediction, hidden) = Net();
        var questions = Enumerable.Range(0, threads).Select(thread => Feeds(thread)).ToList();
        var alone = questions.ConvertAll(feed => Answers(Shared(), feed));
        Assert.Equal(threads, alone.Select(answer => string.Join(' ', answer)).Distinct(StringComparer.Ordinal).Count());
        // One more trains a network of its own meanwhile.
        using var stop = new CancellationTokenSource();
        var trained = Task.Run(() =>
        {
            var (cost, _, _) = Net("other");
            var other = new Model(cost, optimizer: new Adam());
            while (!stop.IsCancellationRequested) other.Fit(Feeds(0), 10);
        }, CancellationToken.None);
        var wrong = 0;
        var rounds = 1_600 / threads;
        OnThreads(threads, thread =>
        {
            var model = Shared();
            for (var round = 0; round < rounds; round++)
            {
                if (!Answers(model, questions[thread]).AsSpan().SequenceEqual(alone[thread])) Interlocked.Increment(ref wrong);
            }
        });
        stop.Cancel();
        await trained;
        Assert.Equal(0, wrong);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{threads} threads, {rounds * threads} rounds of answers, all their own"));

        Model Shared() => new(loss, [prediction, hidden], metrics: prediction.Mean(name: "mean"), threads: 1);

        float[] Answers(Model model, Feed feed)
        {
            var data = new Dataset { [_x] = feed[_x], [_y] = feed[_y] };
            var all = model.PredictAll(feed);
            return
            [
                .. all[0].ToArray(), .. all[1].ToArray(), .. model.Predict(feed).ToArray(), .. model.Predict(data, batchSize: 7).ToArray(),
                (float)model.Evaluate(feed).Loss, (float)model.Evaluate(data, batchSize: 7).Metrics["mean"],
            ];
        }
    }

    [Fact]
    public async Task Who_predicts_while_another_trains_the_same_variables_sees_the_end_of_a_step()
    {
        // Every step adds the same to all elements, so that any mixture of two steps has two different ones.
        const int size = 200_000;
        var w = new Variable("w", [size], Initializer.Zeros());
        var trainer = new Model(w.Sum(), optimizer: new GradientDescent(1, 0));
        var predictions = 0;
        using var stop = new CancellationTokenSource();
        var training = Task.Run(() => { while (!stop.IsCancellationRequested) trainer.Fit(new Feed(), 1); }, CancellationToken.None);
        OnThreads(3, thread =>
        {
            var model = new Model([], w * 1f, threads: 1);
            var last = 1f;
            for (var round = 0; round < 50; round++)
            {
                var seen = thread == 0 ? w.Values.ToArray() : model.Predict(new Feed()).ToArray();
                Assert.Equal(seen[0], seen.Min());
                Assert.Equal(seen[0], seen.Max());
                Assert.InRange(seen[0], float.MinValue, last);
                last = seen[0];
                Interlocked.Increment(ref predictions);
            }
        });
        stop.Cancel();
        await training;
        Assert.Equal(150, predictions);
        Assert.Equal(-trainer.Iterations, w.Values.ToArray()[^1]);
    }

    [Fact]
    public void Two_trainings_of_one_variable_at_one_time_are_refused_and_one_after_the_other_is_not()
    {
        var (loss, _, _) = Net();
        var (first, second) = (new Model(loss, optimizer: new Adam()), new Model(loss, optimizer: new Momentum()));
        InvalidOperationException? refusal = null;
        first.Fit(Data(), new FitOptions
        {
            Epochs = 1,
            Callbacks = [
                new Once(() =>
                    refusal = Assert.Throws<AggregateException>(() => OnThreads(1, _ => second.Fit(Feeds(1), 1))).InnerException
                        as InvalidOperationException)],
        });
        Assert.StartsWith("`hidden/w` is being trained by another model on another thread.", refusal!.Message, StringComparison.Ordinal);
        // In turns, also from inside of the other's callbacks, each is what it would be.
        second.Fit(Feeds(1), 1);
        first.Fit(Data(), new FitOptions { Epochs = 1, Callbacks = [new Once(() => second.Fit(Feeds(1), 1))] });
        Assert.Equal(2, second.Iterations);
    }

    [Fact]
    public void Parts_of_one_graph_are_trained_side_by_side_with_the_same_bits()
    {
        // One body that nobody trains, and a head for each thread.
        var body = Layers.Dense(_x, 16, Activation.Tanh, name: "body").StopGradient();
        var heads = Enumerable.Range(0, 4).Select(head => Losses.MeanSquaredError(Layers.Dense(body, 1, name: $"head {head}"), _y))
            .ToList();
        var models = heads.ConvertAll(loss => new Model(loss, optimizer: new Adam(0.01f), seed: 3, threads: 1));
        var start = models.ConvertAll(model => Weights.Of(model));
        models.ForEach(model => model.Fit(Data(), epochs: 10, batchSize: 5));
        var alone = models.ConvertAll(model => Weights.Of(model));
        for (var i = 0; i < heads.Count; i++) PutBack(models[i], start[i]);
        var again = heads.ConvertAll(loss => new Model(loss, optimizer: new Adam(0.01f), seed: 3, threads: 1));
        OnThreads(heads.Count, head => again[head].Fit(Data(), epochs: 10, batchSize: 5));
        for (var i = 0; i < heads.Count; i++) Weights.AssertSame(alone[i], Weights.Of(again[i]));

        static void PutBack(Model model, float[] weights)
        {
            var at = 0;
            foreach (var variable in model.Variables)
            {
                var count = (int)variable.Values.FlattenedLength;
                variable.Set(weights.AsSpan(at, count));
                at += count;
            }
        }
    }

    [Fact]
    public void One_optimizer_of_two_models_gives_each_its_own_schedule()
    {
        var shared = new GradientDescent(0.5f, 0);
        var variables = Enumerable.Range(0, 2).Select(i => new Variable($"w{i}", [4], Initializer.Zeros())).ToList();
        var models = variables.ConvertAll(w => new Model((w * _x.Mean()).Sum(), optimizer: shared, threads: 1));
        var data = new Dataset { [_x] = DataArray.From(Enumerable.Repeat(1f, 200 * Inputs).ToArray()).Reshape(200, Inputs) };
        OnThreads(2, i => models[i].Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 1,
            Schedule = i == 0 ? Schedule.Constant : Schedule.Of(_ => 0),
        }));
        Assert.Equal([-200, -200, -200, -200], variables[0].Values.ToArray());
        Assert.Equal([0, 0, 0, 0], variables[1].Values.ToArray());
        Assert.Equal(0.5f, shared.LearningRate);
    }

    [Fact]
    public void What_a_call_returned_is_nobody_elses()
    {
        var (loss, prediction, _) = Net();
        var (one, other) = (new Model(loss, prediction), new Model(loss, prediction));
        var mine = one.Predict(Feeds(1));
        var kept = mine.ToArray();
        other.Predict(Feeds(2));
        Assert.Equal(kept, mine.ToArray());
        // Not even what is written over it changes anybody's.
        var node = prediction.Values.ToArray();
        other.Predict(Feeds(2)).AsTensorSpan().Fill(7);
        prediction.Values.AsTensorSpan().Fill(8);
        Assert.Equal(node, prediction.Values.ToArray());
    }

    private sealed class Once(Action what) : Callback
    {
        protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch) => what();
    }

    private (Node Loss, Node Prediction, Node Hidden) Net(string name = "")
    {
        var hidden = Layers.Dense(_x, 8, Activation.Tanh, name: $"{name}hidden");
        var prediction = Layers.Dense(hidden, 1, name: $"{name}out");
        return (Losses.MeanSquaredError(prediction, _y), prediction, hidden);
    }

    private Feed Feeds(int seed)
    {
        var random = new Random(seed);
        return new Feed
        {
            [_x] = DataArray.From(Numbers(Rows * Inputs)).Reshape(Rows, Inputs),
            [_y] = DataArray.From(Numbers(Rows)).Reshape(Rows, 1)
        };

        float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
    }

    private Dataset Data()
    {
        var feed = Feeds(9);
        return new Dataset { [_x] = feed[_x], [_y] = feed[_y] };
    }

    private static void OnThreads(int count, Action<int> run)
    {
        using var barrier = new Barrier(count);
        var failures = new List<Exception>();
        var all = Enumerable.Range(0, count).Select(thread => new Thread(() =>
        {
            barrier.SignalAndWait();
            try
            {
                run(thread);
            }
            catch (Exception failure)
            {
                lock (failures) failures.Add(failure);
            }
        })).ToList();
        all.ForEach(thread => thread.Start());
        all.ForEach(thread => thread.Join());
        if (failures.Count > 0) throw new AggregateException(failures);
    }
}
