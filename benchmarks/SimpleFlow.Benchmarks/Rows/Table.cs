using System.Text;

namespace SimpleFlow.Benchmarks;

/// <summary>Measures the rows that are asked for and prints them as one table.</summary>
internal static class Table
{
    public static void Run(Bench bench)
    {
        var text = new StringBuilder();
        var threads = bench.Options.Threads.Max();
        text.Append($"Command: `{Command(bench)}`; {DateTime.UtcNow:yyyy-MM-dd}.\n");
        text.Append($"Machine: {Machine.Description}.\n");
        var before = new Peaks(threads);
        text.Append($"FMA peak before: {before}.\n");
        var results = Measure(bench).ToList();
        var after = new Peaks(threads);
        text.Append($"FMA peak after: {after}.\n");
        if (!before.IsQuiet || !after.IsQuiet)
            text.Append(
                "The machine was busy with other work: other threads took part of its processors, and figures for several threads mean "
                    + "little.\n");
        text.Append('\n');
        text.Append("| # | work | threads | SimpleFlow | ").Append(bench.Peer?.Name ?? "peer")
            .Append(" | ratio or figure: median (quartiles) | must | goal | verdict |\n");
        text.Append("|---|---|---|---|---|---|---|---|---|\n");
        foreach (var result in results) text.Append(Line(result)).Append('\n');
        Report.Write(bench.Options, "table", text.ToString());
    }

    private static IEnumerable<Result> Measure(Bench bench)
    {
        var rows = bench.Options.Rows;
        if (rows.Contains(1) || rows.Contains(2))
            foreach (var result in Said("matrix product", ProductRows.Measure(bench))) yield return result;
        foreach (var result in StepRows.Measure(bench)) yield return result;
        if (rows.Contains(9)) foreach (var result in Said("the seed on NumPy", [SeedOnNumPyRow.Measure(bench)])) yield return result;
        if (rows.Contains(10)) foreach (var result in Said("allocation", AllocationRow.Measure(bench))) yield return result;
        if (rows.Contains(11)) foreach (var result in Said("threads", [ThreadsRow.Measure(bench)])) yield return result;
        if (rows.Contains(12)) foreach (var result in Said("small nodes", SmallNodeRow.Measure(bench))) yield return result;
        if (rows.Contains(13)) foreach (var result in Said("compiling", CompilingRow.Measure(bench))) yield return result;
        if (rows.Contains(14)) foreach (var result in Said("MNIST against the clock", MnistRow.Measure(bench))) yield return result;
        if (rows.Contains(15)) foreach (var result in Said("memory", MemoryRow.Measure(bench))) yield return result;
    }

    private static IEnumerable<Result> Said(string what, IEnumerable<Result> results)
    {
        Bench.Say(what);
        return results;
    }

    private static string Command(Bench bench) =>
        ($"dotnet run -c Release --project benchmarks/{(bench.Peer is null ? "SimpleFlow.Benchmarks" : "SimpleFlow.Peers")} -- "
            + bench.Options.CommandLine).TrimEnd(' ', '-');

    private static string Line(Result result)
    {
        var figure = result.Figure is not { } sample ? ""
            : Figure(result.Written(sample.Median), result.Written(sample.LowerQuartile), result.Written(sample.UpperQuartile));
        string Limit(double? limit) => limit is { } value ? result.Written(value) : "";
        return $"| {result.Row} | {result.Work} | {result.Threads} | {result.Ours} | {result.Peer} | {figure} | {Limit(result.Must)} | "
            + $"{Limit(result.Goal)} | {result.Verdict} |";
    }

    private static string Figure(string median, string lower, string upper) => lower == upper ? median : $"{median} ({lower} … {upper})";
}
