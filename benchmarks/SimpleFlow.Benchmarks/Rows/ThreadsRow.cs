namespace SimpleFlow.Benchmarks;

/// <summary>Row 11: what further threads bring to step 6, as a share of what they bring to a loop
/// of multiply-adds, the four in turns.</summary>
internal static class ThreadsRow
{
    public static Result Measure(Bench bench)
    {
        var threads = bench.Options.Threads.Max();
        var result = new Result("11", $"{threads} threads over one, step {Known.Wide.Name}, as a share of a plain FMA loop's gain")
        {
            Threads = threads,
            Must = 0.85,
            Goal = 0.93
        };
        if (threads == 1) return result with { Remark = "one thread" };

        using var one = new PlanStep(Known.Wide, 1);
        using var all = new PlanStep(Known.Wide, threads);
        using var loopOne = new FmaLoop(1);
        using var loopAll = new FmaLoop(threads);
        var seconds = bench.Stopwatches.InTurns(one, all, loopOne, loopAll);
        var gain = Sample.Ratios(seconds[0], seconds[1]);
        var loopGain = new Sample(seconds[2].Zip(seconds[3], (single, together) => threads * single / together));
        return result with
        {
            Ours = $"×{gain.Median:0.00}",
            Peer = $"loop ×{loopGain.Median:0.00}",
            Figure = new Sample(Enumerable.Range(0, bench.Stopwatches.Rounds)
                .Select(i => seconds[0][i] / seconds[1][i] / (threads * seconds[2][i] / seconds[3][i]))),
        };
    }
}
