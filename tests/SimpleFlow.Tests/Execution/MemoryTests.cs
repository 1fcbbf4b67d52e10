namespace SimpleFlow.Tests.Execution;

[Collection(AloneCollection.Name)]
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

    [Fact]
    public void Models_that_are_dropped_leave_nothing_behind()
    {
        for (var i = 0; i < 20; i++) BuildTrainDrop();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 300; i++) BuildTrainDrop();
        // One model alone holds more than a megabyte.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, -10_000_000, 500_000);
    }

    private static void BuildTrainDrop()
    {
        var net = SeedNetworks.Mnist.Create();
        var model = new Model(net.Loss, net.Predicted, new Adam(), threads: 2);
        model.Fit(net.Feed(3), maxIterations: 2);
        model.Predict(net.Feed(2));
    }

    /// <summary>Both allocate as much on this thread; run first to be warm. A step that allocated even once in a thousand would show.</summary>
    private static void AssertSame(Action few, Action many)
    {
        few();
        many();
        Assert.Equal(Allocated(few), Allocated(many));
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
