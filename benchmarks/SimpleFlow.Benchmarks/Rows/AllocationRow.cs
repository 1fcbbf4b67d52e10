namespace SimpleFlow.Benchmarks;

/// <summary>Row 10: what a warm step allocates on the managed heap, on all threads, and how often
/// the collector runs in 10,000 steps.</summary>
internal static class AllocationRow
{
    public static IEnumerable<Result> Measure(Bench bench)
    {
        var steps = bench.Options.Quick ? 1_000 : 10_000;
        foreach (var network in new[] { Known.Parabola, Known.MnistAdam })
        {
            using var step = new PlanStep(network, bench.Options.Threads.Max());
            step.Run(200);
            var collections = GC.CollectionCount(0);
            var before = GC.GetTotalAllocatedBytes(precise: true);
            step.Run(steps);
            var bytes = (double)(GC.GetTotalAllocatedBytes(precise: true) - before);
            collections = GC.CollectionCount(0) - collections;
            yield return new Result("10", $"bytes allocated per step; gen-0 collections in {steps:N0} steps; {network.Name}")
            {
                Threads = bench.Options.Threads.Max(),
                Ours = $"{bytes / steps:0.###}; {collections}",
                Figure = new Sample([Math.Round(bytes / steps, 2) + collections]),
                Written = value => $"{value:0.##}",
                Must = 0,
                Goal = 0,
                MoreIsBetter = false,
            };
        }
    }
}
