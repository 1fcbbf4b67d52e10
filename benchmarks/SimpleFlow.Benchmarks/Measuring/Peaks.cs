namespace SimpleFlow.Benchmarks;

/// <summary>What the processors give a loop of multiply-adds at this moment, alone and together.</summary>
internal sealed class Peaks(int threads)
{
    private readonly double _one = FmaLoop.GigaflopsNow(1), _all = FmaLoop.GigaflopsNow(threads);

    /// <summary>Whether all processors together give nearly as much as each alone: nobody else uses them.</summary>
    public bool IsQuiet => _all >= 0.85 * threads * _one;

    public override string ToString() => $"{_one:0} GFLOP/s on one thread, {_all:0} on {threads}; load {Machine.Load ?? "unknown"}";
}
