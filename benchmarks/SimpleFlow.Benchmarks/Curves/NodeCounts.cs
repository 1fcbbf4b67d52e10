using System.Diagnostics;

namespace SimpleFlow.Benchmarks;

/// <summary>The time to compile a chain of small nodes that cannot be fused, and to run it, over its length.</summary>
internal static class NodeCounts
{
    public static Figure Measure(Bench bench)
    {
        var compile = new List<(double, double)>();
        var run = new List<(double, double)>();
        foreach (var nodes in new[] { 10, 30, 100, 300, 1_000, 3_000, 10_000 })
        {
            GraphRun chain = null!;
            var times = new Sample(Enumerable.Range(0, 5).Select(_ =>
            {
                var began = Stopwatch.GetTimestamp();
                chain = new GraphRun(SmallNodeRow.Transposes(nodes));
                return Stopwatch.GetElapsedTime(began).TotalSeconds;
            }).ToArray());
            compile.Add((nodes, 1e6 * times.Median));
            run.Add((nodes, 1e6 * new Sample(new Stopwatches(bench.Options.Quick ? 3 : 5, 0.03).InTurns(chain)[0]).Median));
        }
        return new Figure("nodes", "a chain of nodes of 16 floats: to compile and to run", "nodes", "µs",
            new Curve("build and compile", compile), new Curve("run", run));
    }
}
