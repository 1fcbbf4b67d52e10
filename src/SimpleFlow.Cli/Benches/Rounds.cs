using System.Diagnostics;

namespace SimpleFlow.Cli.Benches;

/// <summary>Measures repeated runs: after a warm-up in rounds until the time is up, of which the median counts.</summary>
/// <param name="seconds">About how long to measure.</param>
/// <param name="cancellation">Stops after the running block.</param>
internal sealed class Rounds(double seconds, CancellationToken cancellation)
{
    private const int Wanted = 9, Least = 3;

    /// <summary>Seconds that a run takes, by round and contestant. Contestants take turns, so that a machine
    /// that slows down slows down all of them.</summary>
    /// <param name="contestants">Each makes as many runs as it is told.</param>
    public double[][] Measure(params Action<int>[] contestants)
    {
        var block = seconds / Wanted / contestants.Length;
        var runs = Array.ConvertAll(contestants, contestant => RunsIn(block, contestant));
        var rounds = new List<double[]>();
        var began = Stopwatch.GetTimestamp();
        while (rounds.Count < Least || (rounds.Count < Wanted && Stopwatch.GetElapsedTime(began).TotalSeconds < seconds))
            rounds.Add([.. contestants.Select((contestant, i) => Seconds(contestant, runs[i]) / runs[i])]);
        return [.. rounds];
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    // Twice as many runs each time until they fill the block. The runs before are the warm-up.
    private int RunsIn(double block, Action<int> contestant)
    {
        Seconds(contestant, 1);
        for (var runs = 1; ; runs *= 2)
        {
            var took = Seconds(contestant, runs);
            if (took >= block / 2) return Math.Max(1, (int)(runs * block / took));
        }
    }

    private double Seconds(Action<int> contestant, int runs)
    {
        cancellation.ThrowIfCancellationRequested();
        var began = Stopwatch.GetTimestamp();
        contestant(runs);
        return Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
