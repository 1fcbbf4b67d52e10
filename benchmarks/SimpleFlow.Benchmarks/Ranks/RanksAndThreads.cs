using System.Text;

namespace SimpleFlow.Benchmarks;

/// <summary>Ranks with one thread each beside one process with as many threads: the same networks, the same rows in a step, in turns.
/// Between them each rank trains its part alone, which shows what several processes cost without the messages.</summary>
internal static class RanksAndThreads
{
    // In the first rounds the runtime still compiles what is hot a second time.
    private const int Steps = 13, FirstRounds = 6;

    /// <summary>Runs on every rank; rank 0 alone reports.</summary>
    public static void Run(Bench bench, Cluster cluster)
    {
        var text = new StringBuilder(
            $"Command: `{RankJob.Command(bench.Options)}`; {DateTime.UtcNow:yyyy-MM-dd}.\n"
                + $"Machine: {Machine.Description}; load {Machine.Load}.\n\n"
                + $"| network | 1 process × {cluster.Size} threads | {cluster.Size} ranks × 1 thread "
                + $"| ranks by threads: median (quartiles) | {cluster.Size} processes that do not communicate, by threads |\n"
                + "|---|---|---|---|---|\n");
        var profiles = new StringBuilder();
        foreach (var network in new[] { Known.Wide, Known.Cnn })
        {
            if (cluster.Rank == 0) Bench.Say(network.Name);
            text.Append(Measure(bench, cluster, network)).Append('\n');
            profiles.Append($"\n{network.Name}:\n{cluster.LastFit!.ToText()}");
        }
        if (cluster.Rank > 0) return;
        Report.Write(bench.Options, "ranks", text.ToString());
        Bench.Say(profiles.ToString());
    }

    private static string Measure(Bench bench, Cluster cluster, StepNetwork network)
    {
        var part = network.Batch / cluster.Size;
        var (one, apart, together) = (new RankFit(network, cluster.Size, network.Batch, Steps, cluster: null),
            new RankFit(network, threads: 1, part, Steps, cluster: null), new RankFit(network, threads: 1, part, Steps, cluster));
        Func<double>[] sides = [() => cluster.Rank == 0 ? one.SecondsOfAStep() : 0, apart.SecondsOfAStep, together.SecondsOfAStep];
        var seconds = Array.ConvertAll(sides, _ => new double[bench.Options.Rounds]);
        for (var round = -FirstRounds; round < bench.Options.Rounds; round++)
        {
            for (var i = 0; i < sides.Length; i++)
            {
                cluster.Barrier();
                var step = sides[i]();
                if (round >= 0) seconds[i][round] = step;
                else Thread.Sleep(50);
            }
        }
        cluster.Barrier();
        var (ranks, alone) = (Sample.Ratios(seconds[0], seconds[2]), Sample.Ratios(seconds[0], seconds[1]));
        return $"| {network.Name} | {Speed(seconds[0])} | {Speed(seconds[2])} | {ranks.Median:0.00} ({ranks.LowerQuartile:0.00} … "
            + $"{ranks.UpperQuartile:0.00}) | {alone.Median:0.00} |";

        string Speed(double[] steps) => FormattableString.Invariant($"{network.Batch / new Sample(steps).Median:N0} images/s");
    }
}
