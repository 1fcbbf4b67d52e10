using System.Diagnostics;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Execution;

[Collection(AloneCollection.Name)]
[Trait("Promise", "16")]
public class MemoryTests
{
    private readonly SeedNetworks.Mnist _net = SeedNetworks.Mnist.Create();

    [Theory, InlineData(1), InlineData(2)]
    public void A_warm_step_on_a_feed_allocates_nothing(int threads)
    {
        var model = new Model(_net.Loss, optimizer: new Adam(), metrics: Metrics.Accuracy(_net.Predicted, _net.Y), threads: threads);
        var feed = _net.Feed(20);
        AssertSame(() => model.Fit(feed, 1), () => model.Fit(feed, 1001));
        Assert.Equal(2 * 1002, model.Iterations);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void A_warm_step_on_a_batch_allocates_nothing(int threads)
    {
        const int rows = 1000;
        var model = new Model(_net.Loss, optimizer: new Momentum(), metrics: Metrics.Accuracy(_net.Predicted, _net.Y), threads: threads);
        var bytes = new byte[rows * 784];
        new Random(1).NextBytes(bytes);
        var data = new Dataset
        {
            [_net.X] = DataArray.Bytes(bytes, [rows, 784], 1 / 255f),
            [_net.Y] = DataArray.From(Enumerable.Range(0, rows).Select(row => row % 10).ToArray()).OneHot(10),
        };
        void Epoch(int batchSize) => model.Fit(data, epochs: 1, batchSize);
        // The history grows by doubling: not while we measure.
        for (var i = 0; i < 4; i++) Epoch(rows);
        // The same epoch in one step and in a thousand.
        AssertSame(() => Epoch(rows), () => Epoch(1));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Nor_does_one_with_convolutions_dropout_normalisation_and_Adam(int threads)
    {
        const int rows = 200;
        var (model, data) = Convolutional(rows, threads);
        void Epoch(int batchSize) => model.Fit(data, epochs: 1, batchSize);
        for (var i = 0; i < 4; i++) Epoch(rows);
        AssertSame(() => Epoch(rows), () => Epoch(1));
    }

    [Theory, InlineData(1), InlineData(2)]
    public void Nor_does_one_that_checks_indices(int threads)
    {
        var (words, next) = (new Placeholder("words", [null, 4], ElementType.Int32), new Placeholder("next", [null], ElementType.Int32));
        var scores = Layers.Dense(Layers.Embedding(words, 50, 8).Flatten(), 50);
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, next, ignoreIndex: -100), optimizer: new Adam(),
            metrics: Metrics.Accuracy(scores, next, ignoreIndex: -100), threads: threads);
        var feed = new Feed
        {
            [words] = new int[20, 4],
            [next] = DataArray.From(Enumerable.Range(0, 20).Select(row => row % 5 == 0 ? -100 : row).ToArray())
        };
        AssertSame(() => model.Fit(feed, 1), () => model.Fit(feed, 1001));
        Assert.Equal(2 * 1002, model.Iterations);
    }

    [Theory, InlineData(1, 2), InlineData(2, 2), InlineData(1, 8)]
    public void Nor_does_one_of_an_own_loop_and_what_is_read_of_it(int threads, int metrics)
    {
        var means = Enumerable.Range(1, metrics).Select(i => (_net.Predicted * (float)i).Mean(name: $"mean {i}")).ToList();
        var model = new Model(_net.Loss, optimizer: new Adam(), metrics: NodeList.Create([.. means]), threads: threads);
        // Batches of two sizes in turns.
        var (feed, smaller) = (_net.Feed(20), _net.Feed(7));
        var sum = 0f;
        void Steps(int count)
        {
            for (var i = 0; i < count; i++)
            {
                var step = model.Step(i % 2 == 0 ? feed : smaller, learningRate: i * 1e-6f);
                sum += step.Loss + step["mean 1"] + step["mean 2"] + model.ValueOf(_net.Loss) + _net.Loss.Value;
            }
        }
        AssertSame(() => Steps(2), () => Steps(1000));
        Assert.True(float.IsFinite(sum));
    }

    [Fact]
    public void Nor_does_a_batch_of_a_dataset()
    {
        var x = new Placeholder("x", [null, 5]);
        var data = new Dataset { [x] = new float[1000, 5] };
        var model = new Model(Layers.Dense(x, 1).Power(2).Mean(), optimizer: new Adam());
        void Epoch(int batchSize)
        {
            foreach (var batch in data.Batches(batchSize)) model.Step(batch);
        }
        AssertSame(() => Epoch(1000), () => Epoch(1));
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Nor_does_a_prediction_from_memory_to_memory(bool follow)
    {
        var model = new Model(losses: default, predictions: _net.Predicted, threads: 1);
        using var predictor = model.Predictor(follow);
        var (rows, results) = (new float[7 * 784], new float[7 * 10]);
        void Predict(int count)
        {
            for (var i = 0; i < count; i++)
            {
                predictor.Predict(rows, results);
                predictor.Predict(rows.AsSpan(0, 784), results.AsSpan(0, 10));
            }
        }
        AssertSame(() => Predict(1), () => Predict(1000));
    }

    [Fact]
    public void Nor_does_one_that_gathers_gradients()
    {
        const int rows = 200;
        var (model, data) = Convolutional(rows, threads: 1);
        void Epoch(int batchSize) => model.Fit(data, new FitOptions { Epochs = 1, BatchSize = batchSize, Accumulate = 2 });
        for (var i = 0; i < 4; i++) Epoch(rows / 2);
        AssertSame(() => Epoch(rows / 2), () => Epoch(1));
    }

    [Fact]
    public void Thousands_of_models_that_are_built_trained_and_dropped_leave_the_process_as_large_as_it_was()
    {
        // Nobody disposes of anything: there is nothing to dispose of.
        void Cycle()
        {
            var x = new Placeholder("x", [null, 40]);
            var model = new Model(Layers.Dense(Layers.Dense(x, 30, Activation.Relu), 1).Power(2).Mean(), optimizer: new Adam(), threads: 2);
            model.Fit(new Feed { [x] = new float[20, 40] }, maxIterations: 1);
        }
        for (var i = 0; i < 500; i++) Cycle();
        var (managed, whole) = (GC.GetTotalMemory(forceFullCollection: true), PrivateBytes());
        for (var i = 0; i < 2000; i++) Cycle();
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - managed, -10_000_000, 500_000);
        // Each model takes a fifth of a megabyte or so: 2000 of them would show. The collector keeps some pages for the next time.
        Assert.InRange(PrivateBytes() - whole, long.MinValue, 100_000_000);
    }

    [Fact]
    public void Changed_rows_and_event_files_leave_no_thread_behind()
    {
        using var folder = new TemporaryFolder();
        var x = new Placeholder("x", [null, 1, 8, 8]);
        var data = new Dataset { [x] = new float[64, 64] }.Augment(x, new ImageAugmentation(8, 8) { Shift = 1 });
        void Fit(int i) => new Model(Layers.Conv2D(x, 2, 3).Mean(), optimizer: new Adam(), threads: 1).Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 16,
            Callbacks = [new TensorBoard(folder.File($"run {i}"))],
        });
        Fit(0);
        var before = Process.GetCurrentProcess().Threads.Count;
        for (var i = 1; i <= 20; i++) Fit(i);
        // The thread pool may grow by a few; twenty fits that each left one would show.
        Assert.InRange(Process.GetCurrentProcess().Threads.Count - before, -100, 10);
        // The files are closed: they can be opened for writing.
        var files = Directory.GetFiles(folder.File(), "*", SearchOption.AllDirectories);
        Assert.True(files.Length >= 20);
        foreach (var file in files) File.Open(file, FileMode.Open, FileAccess.Write, FileShare.None).Dispose();
    }

    [Fact]
    public void Models_that_are_dropped_leave_nothing_behind()
    {
        for (var i = 0; i < 20; i++) BuildTrainDrop();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 300; i++) BuildTrainDrop();
        // One model alone holds more than a megabyte.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -10_000_000, 500_000);
    }

    private static (Model, Dataset) Convolutional(int rows, int threads)
    {
        var x = new Placeholder("x", [null, 1, 8, 8]);
        var y = new Placeholder("y", [null, 3]);
        var maps = Layers.BatchNorm(Layers.Conv2D(x, 4, 3, Activation.Relu)).MaxPool2D(2);
        var scores = Layers.Dense(Layers.Dropout(maps.Flatten(), 0.3f), 3);
        var random = new Random(1);
        var data = new Dataset
        {
            [x] = DataArray.From(Enumerable.Range(0, rows * 64).Select(_ => random.NextSingle()).ToArray()).Reshape(rows, 64),
            [y] = DataArray.From(Enumerable.Range(0, rows).Select(row => row % 3).ToArray()).OneHot(3),
        };
        return (new Model(Losses.SoftmaxCrossEntropy(scores, y), optimizer: new Adam(), metrics: Metrics.Accuracy(scores, y),
            threads: threads), data);
    }

    private static long PrivateBytes()
    {
        using var process = Process.GetCurrentProcess();
        return process.PrivateMemorySize64;
    }

    private static void BuildTrainDrop()
    {
        var net = SeedNetworks.Mnist.Create();
        var model = new Model(net.Loss, net.Predicted, new Adam(), threads: 2);
        model.Fit(net.Feed(3), maxIterations: 2);
        model.Predict(net.Feed(2));
    }

    /// <summary>
    /// Many steps allocate as much on this thread as few, to the byte; run first to be warm.
    /// Steps that each allocated the smallest object would show every time. Once, the history may grow, or the runtime may have
    /// compiled a method again that now allocates less.
    /// </summary>
    private static void AssertSame(Action few, Action many)
    {
        few();
        many();
        for (var tries = 1; ; tries++)
        {
            var (fewer, more) = (Allocated(few), Allocated(many));
            if (fewer == more) return;
            if (tries == 5) Assert.Equal(fewer, more);
        }
    }

    private static long Allocated(Action action)
    {
        // A fit asks for the name of the optimizer's type, which the runtime keeps until the next collection:
        // the fit after it makes it again, 200 bytes. So each of those compared comes after one.
        GC.Collect(0);
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
