namespace SimpleFlow.Benchmarks;

/// <summary>Numbers with units.</summary>
internal static class Write
{
    public static string Seconds(double seconds) => seconds switch
    {
        >= 1 => $"{seconds:0.00} s",
        >= 10e-3 => $"{seconds * 1e3:0.0} ms",
        >= 1e-3 => $"{seconds * 1e3:0.00} ms",
        >= 10e-6 => $"{seconds * 1e6:0} µs",
        >= 1e-6 => $"{seconds * 1e6:0.0} µs",
        _ => $"{seconds * 1e9:0.0} ns",
    };

    /// <summary>The median time of the rounds, and the shortest: what an undisturbed round takes.</summary>
    public static string MedianAndBest(double[] seconds)
    {
        var sample = new Sample(seconds);
        return $"{Seconds(sample.Median)} (best {Seconds(sample.Smallest)})";
    }

    public static string Gigaflops(double operations, double[] seconds)
    {
        var sample = new Sample(seconds);
        return $"{operations / sample.Median / 1e9:0} GFLOP/s (best {operations / sample.Smallest / 1e9:0})";
    }
}
