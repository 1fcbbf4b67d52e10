using System.CommandLine;
using System.CommandLine.Help;
using SimpleFlow.Cli.Examples;
using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow check</c>: checks the gradients of a network.</summary>
internal static class CheckCommand
{
    public static Command Create(TextWriter output, CancellationToken cancellation)
    {
        var what = ExampleArgument.Create();
        var seed = ExampleArgument.Seed();
        var all = new Option<bool>("--all")
        {
            Description = "Compare every element of every tensor instead of 16; for mnist this takes minutes"
        };
        var json = new Option<bool>("--json")
        {
            Description =
                "Print nothing but JSON, one object a line: {\"event\":\"gradient\",\"node\":…,…} for each variable and node, "
                    + "{\"event\":\"rule\",\"op\":…,…} for each op and input, finally {\"event\":\"end\",\"right\":…,…}",
        };
        var command = new Command("check",
            "Compare the gradients of a network with differences, in float64: of every variable and node, and of every op on its own. "
                + "Exits with 1 if one is wrong.")
        {
            what, seed, all, json,
        };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow check parabola       every gradient beside differences
            simpleflow check mnist --json   the same for another program
            """) });
        command.SetAction(parsed =>
        {
            var example = ExampleNetwork.Create(parsed.GetRequiredValue(what), parsed.GetValue(seed) ?? 1);
            var result = GradientCheck.Of(example.Loss, example.Rows, new GradientCheckOptions { All = parsed.GetValue(all) },
                cancellation);
            return Report(result, parsed.GetValue(json), output);
        });
        return command;
    }

    /// <summary>Writes the result, and returns the exit code.</summary>
    internal static int Report(GradientCheckResult result, bool json, TextWriter output)
    {
        if (json) CheckReport.Write(result, output);
        else output.Write(result.ToText());
        return result.IsRight ? ExitCodes.Done : ExitCodes.Failed;
    }
}
