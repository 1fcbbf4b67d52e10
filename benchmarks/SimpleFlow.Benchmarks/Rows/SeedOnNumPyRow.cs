namespace SimpleFlow.Benchmarks;

/// <summary>Row 9: the seed's MNIST step on NumPy. Where there is no Python with NumPy, the figure measured when the
/// project began stands in, and is marked.</summary>
internal static class SeedOnNumPyRow
{
    private const double Published = 4095e-6;

    public static Result Measure(Bench bench)
    {
        var threads = bench.Options.Threads.Max();
        using var ours = new FitStep(Known.SeedMnist, threads);
        var rounds = bench.Options.Quick ? 2 : 5;
        var theirs = new List<double>();
        var mine = new List<double>();
        var stopwatches = new Stopwatches(3, 0.05);
        for (var round = 0; round < rounds; round++)
        {
            if (SecondsOnNumPy(threads) is { } seconds) theirs.Add(seconds);
            mine.Add(new Sample(stopwatches.InTurns(ours)[0]).Median);
            if (theirs.Count == 0) break;
        }
        var measured = theirs.Count > 0;
        if (!measured) theirs.Add(Published);
        return new Result("9", "the seed on NumPy, step 784-64-10, batch 200")
        {
            Threads = threads,
            Ours = Write.Seconds(new Sample(mine).Median),
            Peer = Write.Seconds(new Sample(theirs).Median) + (measured ? "" : " (published, not this run)"),
            Figure = Sample.Ratios([.. theirs], [.. mine]),
            Must = 20,
            Goal = 30,
        };
    }

    private static double? SecondsOnNumPy(int threads) =>
        Child.Output("python3", Path.Combine("benchmarks", "seed_on_numpy.py"), threads.ToString()) is { } output ? double.Parse(output)
            : null;
}
