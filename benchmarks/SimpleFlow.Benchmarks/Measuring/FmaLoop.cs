namespace SimpleFlow.Benchmarks;

/// <summary>The loop of fused multiply-adds that <c>simpleflow bench</c> measures the peak with, as a contestant.</summary>
internal sealed class FmaLoop(int threads) : IContestant
{
    private readonly Cli.Benches.FmaLoop _loop = new(threads);

    /// <summary>The floating-point operations of one run, on all threads together.</summary>
    public double Operations => _loop.Operations;

    public static string Name => Cli.Benches.FmaLoop.Vectors;

    public float Loss => float.NaN;

    public void Reset() { }

    public void Run(int times) => _loop.Run(times);

    public void Dispose() { }

    /// <summary>Billions of operations per second: the best of some blocks.</summary>
    public static double GigaflopsNow(int threads)
    {
        using var loop = new FmaLoop(threads);
        return loop.Operations / 1e9 / new Sample(new Stopwatches(10, 0.02).InTurns(loop)[0]).Smallest;
    }
}
