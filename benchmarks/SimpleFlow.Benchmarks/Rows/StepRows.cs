namespace SimpleFlow.Benchmarks;

/// <summary>Rows 3 to 8: training steps against the peer, from the same weights on the same
/// batch with the same number of threads.</summary>
internal static class StepRows
{
    private sealed record Row(int Number, Func<StepNetwork> Network, bool InFit, double Must, double Goal);

    // Rows 3 and 4 are the seed's programs, so they run in the seed's loop.
    private static readonly Row[] All =
        [
        new(3, () => Known.Parabola, InFit: true, 20, 50),
        new(4, () => Known.SeedMnist, InFit: true, 2.5, 3.5),
        new(5, () => Known.MnistAdam, InFit: false, 2.5, 4),
        new(6, () => Known.Wide, InFit: false, 1.1, 1.3),
        new(7, () => Known.LeNet, InFit: false, 2, 4),
        new(8, () => Known.Cnn, InFit: false, 1, 1.3),
    ];

    public static IEnumerable<Result> Measure(Bench bench)
    {
        foreach (var row in All.Where(row => bench.Options.Rows.Contains(row.Number)))
        {
            foreach (var threads in bench.Options.Threads) yield return Measure(bench, row, row.Network(), threads);
        }
    }

    private static Result Measure(Bench bench, Row row, StepNetwork network, int threads)
    {
        Bench.Say($"row {row.Number}, {network.Name}, {threads} threads");
        var result = new Result($"{row.Number}", $"step {network.Name}") { Threads = threads, Must = row.Must, Goal = row.Goal };
        using var peer = bench.Peer?.Step(network, threads);
        using IContestant ours = row.InFit ? new FitStep(network, threads) : new PlanStep(network, threads);
        if (peer is null) return result with { Ours = Write.MedianAndBest(bench.Stopwatches.InTurns(ours)[0]) };

        Agreement.Check(network.Name, ours, peer);
        var seconds = bench.Stopwatches.InTurns(ours, peer);
        return result with
        {
            Ours = Write.MedianAndBest(seconds[0]),
            Peer = Write.MedianAndBest(seconds[1]),
            Figure = Sample.Ratios(seconds[1], seconds[0]),
        };
    }
}
