using System.Text;
using SimpleFlow.Plots;

namespace SimpleFlow.Benchmarks;

/// <summary>How time grows with the batch, the width, the depth, the number of nodes and the threads.</summary>
internal static class Scaling
{
    public static void Run(Bench bench)
    {
        var text = new StringBuilder($"Machine: {Machine.Description}; load {Machine.Load}. Times are medians, in microseconds.\n\n");
        foreach (var figure in Figures(bench))
        {
            Bench.Say(figure.Title);
            text.Append(Text(figure)).Append('\n');
            Draw(figure, bench.Options.Pictures);
        }
        Report.Write(bench.Options, "curves", text.ToString());
        RunGrowth(bench);
    }

    /// <summary>The part about growth, which has a mark of its own on a page.</summary>
    public static void RunGrowth(Bench bench)
    {
        var (figures, table) = Growth.Measure(bench);
        foreach (var figure in figures) Draw(figure, bench.Options.Pictures);
        Report.Write(bench.Options, "growth", table);
    }

    private static IEnumerable<Figure> Figures(Bench bench)
    {
        var powers = (int from, int to) => Enumerable.Range(0, 32).Select(i => 1 << i)
            .Where(size => size >= from && size <= to && (!bench.Options.Quick || size <= to / 4)).ToArray();
        var threads = bench.Options.Threads.Max();
        yield return new Figure("batch", "784-64-10, Adam: time of a step over the batch", "batch", "µs",
            Steps(bench, powers(1, 4096), threads,
                batch => StepNetwork.Dense([784, 64, 10], batch, LossKind.CrossEntropy, OptimizerKind.Adam)));
        yield return new Figure("width", "width-width-10, batch 64, SGD: time of a step over the width", "width", "µs",
            Steps(bench, powers(16, 4096), threads,
                width => StepNetwork.Dense([width, width, 10], 64, LossKind.CrossEntropy, OptimizerKind.Sgd)));
        yield return new Figure("depth", "layers of 64 units, batch 64, SGD: time of a step over the depth", "layers", "µs",
            Steps(bench, powers(1, 64), threads,
                depth => StepNetwork.Dense([64, .. Enumerable.Repeat(64, depth), 10], 64, LossKind.CrossEntropy, OptimizerKind.Sgd)));
        yield return NodeCounts.Measure(bench);
        yield return new Figure("threads", $"{Known.Wide.Name}: time over the threads", "threads", "µs",
            Sides(bench, Threads(), count => (Known.Wide, count)));
    }

    // Beyond the processors too: it must not collapse there.
    private static int[] Threads() => [.. Enumerable.Range(1, Environment.ProcessorCount), 2 * Environment.ProcessorCount];

    private static Curve[] Steps(Bench bench, int[] sizes, int threads, Func<int, StepNetwork> network) =>
        Sides(bench, sizes, size => (network(size), threads));

    private static Curve[] Sides(Bench bench, int[] sizes, Func<int, (StepNetwork Network, int Threads)> at)
    {
        var ours = new List<(double, double)>();
        var theirs = new List<(double, double)>();
        var stopwatches = new Stopwatches(bench.Options.Quick ? 3 : 5, 0.03);
        foreach (var size in sizes)
        {
            var (network, threads) = at(size);
            using var step = new PlanStep(network, threads);
            using var peer = bench.Peer?.Step(network, threads);
            var seconds = peer is null ? stopwatches.InTurns(step) : stopwatches.InTurns(step, peer);
            ours.Add((size, 1e6 * new Sample(seconds[0]).Median));
            if (peer is not null) theirs.Add((size, 1e6 * new Sample(seconds[1]).Median));
        }
        return theirs.Count == 0 ? [new Curve("SimpleFlow", ours)] : [new Curve("SimpleFlow", ours), new Curve(bench.Peer!.Name, theirs)];
    }

    private static string Text(Figure figure)
    {
        var text = new StringBuilder($"{figure.Title}\n\n| {figure.Across} |");
        foreach (var (at, _) in figure.Curves[0].Points) text.Append($" {at:0} |");
        text.Append("\n|---|").Insert(text.Length, "---|", figure.Curves[0].Points.Count).Append('\n');
        foreach (var curve in figure.Curves)
        {
            text.Append($"| {curve.Label}, {figure.Up} |");
            foreach (var (_, value) in curve.Points) text.Append(value >= 100 ? $" {value:0} |" : $" {value:0.0##} |");
            text.Append('\n');
        }
        return text.ToString();
    }

    private static void Draw(Figure figure, string folder)
    {
        var chart = new Chart(figure.Title, logarithmicY: true).Axes($"log₂ {figure.Across}", figure.Up);
        foreach (var curve in figure.Curves)
            chart.Curve<double>(curve.Points.Select(point => Math.Log2(point.At)).ToArray(),
                curve.Points.Select(point => point.Value).ToArray(), curve.Label, markers: true);
        chart.SavePng(Path.Combine(folder, $"{figure.File}.png"));
    }
}
