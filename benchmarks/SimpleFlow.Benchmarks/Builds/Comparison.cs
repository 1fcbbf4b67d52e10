using System.Text;

namespace SimpleFlow.Benchmarks;

/// <summary>This build beside that of another commit, in turns: whether a change has made something slower.</summary>
internal static class Comparison
{
    // What a machine does to two processes with the same code is about this much.
    private const double Noise = 0.03;

    /// <returns>1 if something has become slower, else 0.</returns>
    public static int Run(Bench bench)
    {
        var commit = bench.Options.Base ?? throw new UsageException($"compare needs a commit.\n\n{Options.Usage}");
        var (before, now) = (AnotherBuild.Of(commit), typeof(Comparison).Assembly.Location);
        var slower = new List<string>();
        var text = new StringBuilder($"Machine: {Machine.Description}; load {Machine.Load}.\n\n"
            + $"| # | work | threads | {commit} | here | speed of here by {commit}: median (quartiles) | |\n|---|---|---|---|---|---|---|\n");
        foreach (var row in Contestants.Rows.Where(bench.Options.Rows.Contains))
        {
            foreach (var threads in bench.Options.Threads)
            {
                var name = Contestants.Name(row);
                Bench.Say($"row {row}, {name}, {threads} threads");
                using var first = new BuildContestant(before, row, threads);
                using var second = new BuildContestant(now, row, threads);
                var seconds = bench.Stopwatches.InEqualTurns(first, second);
                var ratio = Sample.Ratios(seconds[0], seconds[1]);
                var verdict = ratio.UpperQuartile < 1 - Noise ? "**slower**" : ratio.LowerQuartile > 1 + Noise ? "faster" : "";
                if (verdict == "**slower**") slower.Add($"row {row} on {threads} threads");
                text.Append($"| {row} | {name} | {threads} | {Write.Seconds(new Sample(seconds[0]).Median)} | "
                    + $"{Write.Seconds(new Sample(seconds[1]).Median)} | {ratio.Median:0.000} ({ratio.LowerQuartile:0.000} … "
                    + $"{ratio.UpperQuartile:0.000}) | {verdict} |\n");
            }
        }
        Report.Write(bench.Options, "compare", text.ToString());
        if (slower.Count == 0) return 0;
        Bench.Say($"Slower than {commit} by more than {Noise:P0} in three rounds of four: {string.Join(", ", slower)}.");
        return 1;
    }
}
