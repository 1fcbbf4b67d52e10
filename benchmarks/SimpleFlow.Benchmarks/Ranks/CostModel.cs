using System.Globalization;
using System.Text;
using SimpleFlow.Plots;

namespace SimpleFlow.Benchmarks;

/// <summary>Measures sums and steps on the ranks that there are, fits a model of what they cost, and predicts how steps of many more ranks
/// would grow, each with its own machine on the same kind of network.</summary>
internal static class CostModel
{
    private const int Steps = 9, Rounds = 5;
    private static readonly int[] Counts = [1, 262_144, 1_048_576];
    private static readonly int[] Ranks = [.. Enumerable.Range(1, 10).Select(power => 1 << power)];

    private sealed record Measured(StepCost Cost, double Step, double Communicating);

    /// <summary>Runs on every rank; rank 0 alone reports.</summary>
    public static void Run(Bench bench, Cluster cluster)
    {
        var sums = Counts.Select(count => (Count: count, Seconds: SumTimes.Of(cluster, count, rounds: 9))).ToList();
        var steps = new[] { Known.Wide, Known.Cnn }.Select(network => Measure(cluster, network)).ToList();
        if (cluster.Rank != 0) return;
        // A message of one number is nothing but latency, and the bytes of a step count as they travel in training.
        var cost = SumCost.Fit(cluster.Size,
            [([1], sums[0].Seconds), .. steps.Select(step => (step.Cost.Buckets, step.Communicating))]);
        steps = steps.ConvertAll(step => step with { Cost = step.Cost with { Sum = cost } });
        StepCost[] costs = [.. steps.Select(step => step.Cost)];
        Draw(bench.Options.Pictures, costs);
        Report.Write(bench.Options, "rank costs", Fitted(cluster.Size, cost, sums, steps) + Predicted(costs));
    }

    private static Measured Measure(Cluster cluster, StepNetwork network)
    {
        var rows = network.Batch / 2;
        var (alone, together) = (new RankFit(network, threads: 1, rows, Steps, cluster: null),
            new RankFit(network, threads: 1, rows, Steps, cluster));
        var (own, steps, profiles) = (new List<double>(), new List<double>(), new List<ClusterProfile>());
        for (var round = -2; round < Rounds; round++)
        {
            cluster.Barrier();
            var (first, second) = (alone.SecondsOfAStep(), together.SecondsOfAStep());
            if (round < 0) continue;
            own.Add(first);
            steps.Add(second);
            profiles.Add(cluster.LastFit!);
        }
        if (cluster.Rank == 0) Bench.Say($"{network.Name}\n{cluster.LastFit!.ToText()}");
        var hidden = Median(profile => profile.Communicating - profile.Waiting);
        var cost = new StepCost(network, new Sample(own).Median, Median(profile => profile.Computing), Math.Max(0, hidden),
            together.Buckets)
        { Sum = new SumCost(0, 0) };
        return new Measured(cost, new Sample(steps).Median, Median(profile => profile.Communicating));

        double Median(Func<ClusterProfile, TimeSpan> time) =>
            new Sample(profiles.Select(profile => time(profile).TotalSeconds)).Median;
    }

    private static string Fitted(int ranks, SumCost cost, List<(int Count, double Seconds)> sums,
        List<Measured> steps)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture,
            $"A message takes {cost.Latency * 1e6:N0} µs, and a byte {cost.SecondsOfAByte * 1e9:N2} ns.\n\n"
            + $"| {ranks} ranks | measured | by the model |\n|---|---|---|\n"));
        foreach (var (count, seconds) in sums)
            text.Append(CultureInfo.InvariantCulture,
                $"| a sum of {count:N0} numbers | {Write.Seconds(seconds)} | {Write.Seconds(cost.Of(ranks, count))} |\n");
        foreach (var step in steps)
            text.Append($"| a step of {Short(step.Cost)} | {Write.Seconds(step.Step)} | {Write.Seconds(step.Cost.Step(ranks))} |\n");
        return text.Append('\n').ToString();
    }

    private static string Predicted(StepCost[] steps)
    {
        var text = new StringBuilder("| ranks, predicted |");
        foreach (var step in steps) text.Append($" {Short(step)}: sums | step | images/s | efficiency |");
        text.Append("\n|---|").Insert(text.Length, "---|", 4 * steps.Length).Append('\n');
        foreach (var ranks in Ranks)
        {
            text.Append(CultureInfo.InvariantCulture, $"| {ranks:N0} |");
            foreach (var step in steps)
                text.Append(CultureInfo.InvariantCulture, $" {Write.Seconds(step.Communicating(ranks))} | "
                    + $"{Write.Seconds(step.Step(ranks))} | {ranks * step.Network.Batch / 2 / step.Step(ranks):N0} | "
                    + $"{100 * step.Efficiency(ranks):N0} % |");
            text.Append('\n');
        }
        return text.ToString();
    }

    private static void Draw(string folder, StepCost[] steps)
    {
        var chart = new Chart("Predicted efficiency of N ranks").Axes("ranks", "%");
        foreach (var step in steps)
            chart.Curve<double>([.. Ranks.Select(ranks => Math.Log2(ranks))], [.. Ranks.Select(ranks => 100 * step.Efficiency(ranks))],
                Short(step), markers: true);
        chart.Plot.Axes.Bottom.SetTicks([.. Ranks.Select(ranks => Math.Log2(ranks))],
            [.. Ranks.Select(ranks => ranks.ToString("N0", CultureInfo.InvariantCulture))]);
        chart.Plot.Axes.SetLimitsY(0, 100);
        chart.SavePng(Path.Combine(folder, "ranks.png"));
    }

    private static string Short(StepCost step) => step.Network.Name.Split(',')[0];
}
