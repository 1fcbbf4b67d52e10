using System.Numerics.Tensors;

namespace SimpleFlow.Tests.Training;

/// <summary>One predictor, used by many threads at once, while its model trains or not.</summary>
[Trait("Promise", "20")]
public sealed class PredictorTests
{
    private readonly Placeholder _x = new("x", [null, 6]), _scale = new("scale", []);

    [Theory, InlineData(false, 64), InlineData(true, 64), InlineData(false, 3)]
    public void Every_thread_gets_the_bits_that_the_model_would_give(bool follow, int threads)
    {
        var model = Net(out var prediction);
        using var predictor = model.Predictor(follow);
        var feeds = Enumerable.Range(0, threads).Select(i => Feed(i, rows: 1 + i % 4)).ToList();
        var expected = feeds.ConvertAll(feed => model.PredictAll(feed).Select(TensorMemory.ToArray).ToList());
        OnThreads(threads, i =>
        {
            for (var round = 0; round < 50; round++)
            {
                var all = predictor.PredictAll(feeds[i]);
                Assert.Equal(expected[i], all.Select(TensorMemory.ToArray));
                Assert.Equal(expected[i][0], TensorMemory.ToArray(predictor.Predict(feeds[i])));
            }
        });
        // Each of the four shapes is compiled once, however many threads came at the same time.
        Assert.Equal(Math.Min(threads, 4), predictor.Counts.Compiled);
        Assert.InRange(predictor.Counts.Kept, 1, 4 * Math.Max(Environment.ProcessorCount, 2));
        Assert.NotNull(prediction);
    }

    [Fact]
    public void Rows_from_memory_and_datasets_give_the_same_bits_on_many_threads()
    {
        var x = new Placeholder("x", [null, 6]);
        var model = new Model(losses: default, predictions: Layers.Dense(Layers.Dense(x, 40, Activation.Relu), 3));
        using var predictor = model.Predictor();
        var rows = Numbers(seed: 1, 30 * 6);
        var data = new Dataset { [x] = DataArray.From(rows).Reshape(30, 6) };
        var expected = TensorMemory.ToArray(model.Predict(data));
        OnThreads(16, i =>
        {
            var results = new float[90];
            for (var round = 0; round < 20; round++)
            {
                predictor.Predict(rows, results);
                Assert.Equal(expected, results);
                predictor.Predict(rows.AsSpan(0, 6 * (i + 1)), results.AsSpan(0, 3 * (i + 1)));
                Assert.Equal(expected, TensorMemory.ToArray(predictor.Predict(data, batchSize: 7)));
            }
        });
    }

    [Fact]
    public async Task A_snapshot_answers_from_the_moment_it_was_made_while_the_model_trains()
    {
        var x = new Placeholder("x", [null, 6]);
        var prediction = Layers.Dense(Layers.BatchNorm(Layers.Dense(x, 20)).Relu(), 1);
        var model = new Model((prediction - 1f).Power(2).Mean(), prediction, new Adam(0.05f), threads: 1);
        var feed = new Feed { [x] = DataArray.From(Numbers(seed: 1, 48)).Reshape(8, 6) };
        var then = TensorMemory.ToArray(model.Predict(feed));
        using var predictor = model.Predictor();
        using var stop = new CancellationTokenSource();
        var training = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) model.Step(feed);
        }, CancellationToken.None);
        try
        {
            SpinWait.SpinUntil(() => model.Iterations > 5);
            OnThreads(8, _ =>
            {
                for (var round = 0; round < 50; round++) Assert.Equal(then, TensorMemory.ToArray(predictor.Predict(feed)));
            });
            // Another one, made in the middle of training, stays at its moment too.
            using var later = model.Predictor();
            var at = TensorMemory.ToArray(later.Predict(feed));
            var steps = model.Iterations;
            SpinWait.SpinUntil(() => model.Iterations > steps + 5);
            Assert.Equal(at, TensorMemory.ToArray(later.Predict(feed)));
            Assert.NotEqual(then, at);
        }
        finally
        {
            stop.Cancel();
            await training;
        }
    }

    [Fact]
    public async Task One_that_follows_sees_whole_steps_only()
    {
        // Both variables move alike: their difference is 0 after every step, and only then.
        var (a, b) = (new Variable("a", [20_000], Initializer.Zeros()), new Variable("b", [20_000], Initializer.Zeros()));
        var model = new Model((a + b).Sum(), [(a - b).Abs().Max(name: "difference"), a.Max(name: "place")],
            new GradientDescent(0.001f, learningRateDecay: 0), threads: 1);
        using var predictor = model.Predictor(follow: true);
        using var stop = new CancellationTokenSource();
        var training = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested) model.Step(new Feed());
        }, CancellationToken.None);
        var moved = 0;
        try
        {
            SpinWait.SpinUntil(() => model.Iterations > 0);
            OnThreads(8, _ =>
            {
                var (last, own) = (0f, 0);
                // On a busy machine the training may not get its turn for a while.
                for (var round = 0; round < 100 || (own == 0 && round < 1_000_000); round++)
                {
                    var values = predictor.PredictAll(new Feed());
                    Assert.Equal(0, values[0].ToArray()[0]);
                    var place = values[1].ToArray()[0];
                    Assert.True(place <= last, "It went back.");
                    if (place < last) own++;
                    last = place;
                }
                if (own > 0) Interlocked.Increment(ref moved);
            });
        }
        finally
        {
            stop.Cancel();
            await training;
        }
        Assert.Equal(8, moved);
        Assert.Equal(model.PredictAll(new Feed())[1].ToArray(), predictor.PredictAll(new Feed())[1].ToArray());
    }

    [Fact]
    public void Two_inputs_a_snapshot_and_a_later_weight()
    {
        var w = new Variable("w", [6, 1], Initializer.Ones());
        var model = new Model(losses: default, predictions: _x.MatMul(w) * _scale);
        var feed = new Feed { [_x] = new float[,] { { 1, 2, 3, 4, 5, 6 } }, [_scale] = 2f };
        using var snapshot = model.Predictor();
        using var follows = model.Predictor(follow: true);
        w.Set([0, 0, 0, 0, 0, 1]);
        Assert.Equal((42, 12), (snapshot.Predict(feed).ToArray()[0], follows.Predict(feed).ToArray()[0]));
    }

    [Fact]
    public void What_cannot_be_predicted_is_refused_and_the_next_is_answered()
    {
        var x = new Placeholder("x", [null, 6]);
        var classes = new Placeholder("classes", [null], ElementType.Int32);
        var scores = Layers.Dense(x, 3);
        var model = new Model(losses: default, predictions: scores);
        var predictor = model.Predictor();
        var results = new float[6];
        Assert.Contains("rows of 6 numbers, and 7 numbers were given",
            Assert.Throws<ArgumentException>("rows", () => predictor.Predict(new float[7], results)).Message, StringComparison.Ordinal);
        Assert.Contains("has 6 elements, and there is room for 5",
            Assert.Throws<ArgumentException>("results", () => predictor.Predict(new float[12], results.AsSpan(0, 5))).Message,
            StringComparison.Ordinal);
        Assert.Throws<GraphException>(() => predictor.Predict(new Feed()));
        Assert.Throws<GraphException>(() => predictor.Predict(new Feed { [x] = new float[2, 5] }));
        Assert.Throws<ArgumentNullException>(() => predictor.Predict((Feed)null!));
        Assert.Throws<DataException>(() => predictor.Predict(new Dataset()));
        predictor.Predict(new float[12], results);
        Assert.Equal(TensorMemory.ToArray(model.Predict(new Feed { [x] = new float[2, 6] })), results);
        Assert.Throws<GraphException>(() => new Model(scores.Sum()).Predictor());
        foreach (var other in new[] { Layers.Embedding(classes, 4, 2), _x.Mean() * _scale })
        {
            using var needsMore = new Model(losses: default, predictions: other).Predictor();
            Assert.Contains("use Predict with a feed",
                Assert.Throws<GraphException>(() => needsMore.Predict(new float[6], results)).Message, StringComparison.Ordinal);
        }
        using var indexed = new Model(losses: default, predictions: Layers.Embedding(classes, 4, 2)).Predictor();
        Assert.Throws<DataException>(() => indexed.Predict(new Feed { [classes] = new[] { 4 } }));
        Assert.Equal(2, indexed.Predict(new Feed { [classes] = new[] { 3 } }).FlattenedLength);
        predictor.Dispose();
        predictor.Dispose();
        Assert.Equal(typeof(Predictor).FullName,
            Assert.Throws<ObjectDisposedException>(() => predictor.Predict(new float[12], results)).ObjectName);
        Assert.Throws<ObjectDisposedException>(() => predictor.Predict(new Feed { [x] = new float[2, 6] }));
    }

    [Fact]
    public void A_network_answers_on_many_threads_as_on_one()
    {
        var table = CsvTable.Parse("a,b,kind\n1,x,p\n2,y,q\n3,x,q\n4,y,p\n5,x,p\n6,y,q\n");
        var network = new Network(new(TableInput.Of(table, "kind", out _), ClassOutput.Of(table, "kind"), [new Layer.Dense(8)]));
        var expected = network.Classify(table).Select(one => (one.Class, one.Probability)).ToList();
        using var predictor = network.Predictor();
        OnThreads(16, _ =>
        {
            for (var round = 0; round < 10; round++)
            {
                Assert.Equal(expected, predictor.Classify(table).Select(one => (one.Class, one.Probability)));
                Assert.Equal(expected[0].Class, predictor.Classify(new Dictionary<string, object?> { ["a"] = 1, ["b"] = "x" }).Class);
            }
        });
        Assert.Equal(network.Description, predictor.Description);
        Assert.Equal(2, predictor.Predictor.Predict(new Feed { [network.Input] = new float[1, network.Input.Shape[1]!.Value] })
            .FlattenedLength);
    }

    private Model Net(out Node prediction)
    {
        // Large enough for its steps to run in parts.
        var hidden = Layers.Dense(Layers.Dense(_x, 300, Activation.Relu), 300, Activation.Tanh);
        prediction = (Layers.Dense(hidden, 5) * _scale).Softmax();
        return new Model(losses: default, predictions: [prediction, hidden.Mean(axis: 1)]);
    }

    private Feed Feed(int seed, int rows) =>
        new() { [_x] = DataArray.From(Numbers(seed, rows * 6)).Reshape(rows, 6), [_scale] = 1f + seed };

    private static float[] Numbers(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() * 2 - 1)];
    }

    private static void OnThreads(int count, Action<int> action)
    {
        Exception? failure = null;
        var threads = Enumerable.Range(0, count).Select(i => new Thread(() =>
        {
            try
            {
                action(i);
            }
            catch (Exception exception)
            {
                Interlocked.CompareExchange(ref failure, exception, null);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (failure is not null) throw new InvalidOperationException("A thread failed.", failure);
    }
}
