namespace SimpleFlow.Benchmarks;

/// <summary>Row 15: how much larger the arena is than it would have to be. Scratch memory of kernels
/// comes on top and is told beside it.</summary>
internal static class MemoryRow
{
    public static IEnumerable<Result> Measure(Bench bench)
    {
        foreach (var network in new[] { Known.SeedMnist, Known.MnistAdam, Known.Wide })
        {
            using var step = new PlanStep(network, bench.Options.Threads.Max());
            var plan = step.Executable.Plan;
            yield return new Result("15", $"arena bytes over the largest sum of live bytes, {network.Name}")
            {
                Threads = bench.Options.Threads.Max(),
                Ours = $"{plan.Memory.Length * 4L:N0} + {plan.ScratchLength * 4L:N0} scratch",
                Peer = $"live {plan.Memory.LargestLive * 4:N0}",
                Figure = new Sample([(double)plan.Memory.Length / plan.Memory.LargestLive]),
                Must = 1.15,
                Goal = 1.05,
                MoreIsBetter = false,
            };
        }
    }
}
