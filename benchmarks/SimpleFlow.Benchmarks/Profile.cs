using System.Diagnostics;
using System.Text;
using SimpleFlow.Compilation;

namespace SimpleFlow.Benchmarks;

/// <summary>Where the time of a training step goes: every kernel of its plan is timed in its place, between its neighbours,
/// with the caches as they leave them.</summary>
internal static class Profile
{
    public static void Run(Bench bench)
    {
        var text = new StringBuilder();
        foreach (var network in new[] { Known.Parabola, Known.SeedMnist, Known.MnistAdam, Known.Wide, Known.LeNet, Known.Cnn })
        {
            foreach (var threads in bench.Options.Threads) Of(bench, network, threads, text);
        }
        Report.Write(bench.Options, "profile", text.ToString());
    }

    private static void Of(Bench bench, StepNetwork network, int threads, StringBuilder text)
    {
        using var step = new PlanStep(network, threads);
        var plan = step.Executable.Plan;
        var whole = new Sample(bench.Stopwatches.InTurns(step)[0]).Median;
        var seconds = whole < 20e-6
            ? TimesInARow(step, plan.Steps.Count)
            : Times(step, plan.Steps.Count, runs: Math.Clamp((int)(bench.Stopwatches.Rounds * 0.1 / whole), 50, 20_000));
        var sum = seconds.Sum();

        text.Append(
            $"#### {network.Name}, {threads} {(threads == 1 ? "thread" : "threads")}: {Write.Seconds(whole)} a step, "
                + $"{plan.Steps.Count} kernels\n\n");
        text.Append("| kernels | number | time | share | GFLOP/s |\n|---|---|---|---|---|\n");
        foreach (var kind in Enumerable.Range(0, plan.Steps.Count).GroupBy(i => KindOf(plan.Steps[i]), StringComparer.Ordinal)
            .OrderByDescending(kind => kind.Sum(i => seconds[i])))
            text.Append(Line(kind.Key, $"{kind.Count()}", kind.Sum(i => seconds[i]), sum, kind.Sum(i => Operations(plan.Steps[i]))));
        text.Append("\n| kernel | shape | time | share | GFLOP/s |\n|---|---|---|---|---|\n");
        foreach (var i in Enumerable.Range(0, plan.Steps.Count).OrderByDescending(i => seconds[i]).Take(12))
        {
            var nodes = plan.Steps[i].Nodes;
            var name = string.Join(" → ", nodes.Take(6).Select(node => node.Op.ToString()))
                + (nodes.Length > 6 ? $" → … ({nodes.Length})" : "");
            var shapes = string.Join(" ", plan.Steps[i].Reads.Take(3).Select(read => read.Shape.ToString()))
                + $" → {nodes[^1].Shape}{(plan.Steps[i].Parts > 1 ? $" ×{plan.Steps[i].Parts}" : "")}";
            text.Append(Line(name.Replace("|", "\\|"), shapes, seconds[i], sum, Operations(plan.Steps[i])));
        }
        text.Append('\n');
    }

    private static string Line(string name, string detail, double seconds, double sum, double operations) =>
        $"| {name} | {detail} | {Write.Seconds(seconds)} | {100 * seconds / sum:0} % | "
            + $"{(operations > 0 ? $"{operations / seconds / 1e9:0}" : "")} |\n";

    /// <summary>The median time of each kernel.</summary>
    private static double[] Times(PlanStep step, int kernels, int runs)
    {
        var ticks = new long[kernels][];
        for (var i = 0; i < kernels; i++) ticks[i] = new long[runs];
        step.Reset();
        for (var run = 0; run < runs; run++)
        {
            var before = Stopwatch.GetTimestamp();
            for (var i = 0; i < kernels; i++)
            {
                step.Executable.Run(i);
                var now = Stopwatch.GetTimestamp();
                ticks[i][run] = now - before;
                before = now;
            }
        }
        return Array.ConvertAll(ticks, series => new Sample(series.Select(value => (double)value)).Median / Stopwatch.Frequency);
    }

    // A kernel that is over before the clock has moved is run many times in a row instead.
    private static double[] TimesInARow(PlanStep step, int kernels)
    {
        const int runs = 500, blocks = 15;
        var seconds = new double[kernels];
        for (var i = 0; i < kernels; i++)
        {
            seconds[i] = new Sample(Enumerable.Range(0, blocks).Select(_ =>
            {
                step.Reset();
                var began = Stopwatch.GetTimestamp();
                for (var run = 0; run < runs; run++) step.Executable.Run(i);
                return Stopwatch.GetElapsedTime(began).TotalSeconds / runs;
            }).ToArray()).Median;
        }
        return seconds;
    }

    private static string KindOf(Step step) => step.Single?.Op.Name ?? "tile programs";

    private static double Operations(Step step) =>
        step.Single is { Op: MatMul or Conv2D or Conv2DInputGradient or Conv2DWeightGradient } product ? product.Op.Flops(product) : 0;
}
