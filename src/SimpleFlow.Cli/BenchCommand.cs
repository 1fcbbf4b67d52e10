using System.CommandLine;
using System.CommandLine.Help;
using SimpleFlow.Cli.Benches;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow bench</c>: measures how fast this machine is, and SimpleFlow on it.</summary>
internal static class BenchCommand
{
    public static Command Create(TextWriter output, bool terminal, CancellationToken cancellation)
    {
        var threads = OptionValues.Threads("Threads to measure with");
        var quick = new Option<bool>("--quick") { Description = "Take a few seconds instead of twenty, less exactly" };
        var json = new Option<bool>("--json")
        {
            Description = "Print nothing but JSON, one object a line: {\"event\":\"bench\",\"name\":…,\"value\":…,\"unit\":…}"
        };
        var command = new Command("bench",
            "Measure how fast this machine multiplies and adds, what share of that speed each kind of layer reaches, and how fast it "
                + "trains. It needs no files and takes about twenty seconds.")
        {
            threads, quick, json,
        };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow bench               twenty seconds
            simpleflow bench --threads 1   on one thread
            """) });
        command.SetAction(parsed =>
        {
            var count = parsed.GetValue(threads) ?? Environment.ProcessorCount;
            var report = new BenchReport(output, terminal, parsed.GetValue(json));
            report.Begin(count);
            foreach (var (what, measure) in Measurements.All(count, parsed.GetValue(quick), cancellation)) report.While(what, measure);
            return ExitCodes.Done;
        });
        return command;
    }
}
