namespace SimpleFlow.Benchmarks;

/// <summary>Rows 1 and 2: the product of two 1024 × 1024 matrices on one thread, against the peer and against the
/// processor's peak, the three in turns.</summary>
internal static class ProductRows
{
    private const int Size = 1024;
    private const double Operations = 2.0 * Size * Size * Size;

    public static IEnumerable<Result> Measure(Bench bench)
    {
        using var ours = new GraphRun(new Placeholder("a", [Size, Size]).MatMul(new Placeholder("b", [Size, Size])));
        using var peak = new FmaLoop(1);
        using var peer = bench.Peer?.Product(Size, 1);
        var seconds = peer is null ? bench.Stopwatches.InTurns(ours, peak) : bench.Stopwatches.InTurns(ours, peak, peer);
        var speed = Write.Gigaflops(Operations, seconds[0]);
        yield return new Result("1", "matrix product 1024³")
        {
            Threads = 1,
            Ours = speed,
            Peer = peer is null ? "" : Write.Gigaflops(Operations, seconds[2]),
            Figure = peer is null ? null : Sample.Ratios(seconds[2], seconds[0]),
            Must = 0.9,
            Goal = 1,
        };
        yield return new Result("2", "the same as a share of the FMA peak")
        {
            Threads = 1,
            Ours = speed,
            Peer = Write.Gigaflops(peak.Operations, seconds[1]),
            Figure = new Sample(seconds[1].Zip(seconds[0], (loop, product) => Operations / product / (peak.Operations / loop))),
            Must = 0.8,
            Goal = 0.9,
        };
    }
}
