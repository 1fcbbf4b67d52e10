using System.CommandLine;
using System.CommandLine.Help;
using SimpleFlow.Cli.Examples;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow draw</c>: draws a network: forward, with back-propagation, or as its compiled plan.</summary>
internal static class DrawCommand
{
    private static readonly string[] Endings = [".svg", ".dot", ".mmd"];

    public static Command Create(TextWriter output, CancellationToken cancellation)
    {
        var what = ExampleArgument.Create();
        var gradients = new Option<bool>("--gradients") { Description = "Also draw the nodes of back-propagation" };
        var plan = new Option<bool>("--plan")
        {
            Description = "Draw the compiled plan instead: which nodes run together, and the memory over time (.svg only)"
        };
        var numbers = new Option<bool>("--with-numbers") { Description = "Show values and gradients for a few rows" };
        var collapse = new Option<bool>("--collapse") { Description = "Draw each layer as one box" };
        var seed = ExampleArgument.Seed();
        var file = OptionValues.Text("--out", "FILE", "The picture: .svg, .dot for Graphviz, or .mmd for Mermaid [default: WHAT.svg]");
        var command = new Command("draw", "Draw a network.") { what, gradients, plan, numbers, collapse, seed, file };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow draw parabola                     the graph, in parabola.svg
            simpleflow draw mnist --gradients            with back-propagation
            simpleflow draw mnist --plan --out plan.svg  the compiled plan and its memory
            """) });
        command.SetAction(parsed =>
        {
            var name = parsed.GetRequiredValue(what);
            var path = parsed.GetValue(file) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(name))}.svg";
            var ending = Path.GetExtension(path).ToLowerInvariant();
            if (!Endings.Contains(ending)) throw new UsageException($"--out is '{path}', and must end in {string.Join(", ", Endings)}.");
            var asPlan = parsed.GetValue(plan);
            if (asPlan && ending != ".svg") throw new UsageException("--plan draws .svg only.");
            if (asPlan && (parsed.GetValue(gradients) || parsed.GetValue(numbers) || parsed.GetValue(collapse)))
                throw new UsageException(
                    "--plan draws the whole training step; --gradients, --with-numbers and --collapse do not go with it.");
            WritableFile.Check(path, "picture");
            var example = ExampleNetwork.Create(name, parsed.GetValue(seed) ?? 1);
            cancellation.ThrowIfCancellationRequested();
            if (asPlan) WholeFile.Write(path, example.Model.PlanSvg(example.Rows));
            else example.Model.Draw(path, new DrawingOptions
            {
                Gradients = parsed.GetValue(gradients),
                Collapse = parsed.GetValue(collapse),
                Feed = parsed.GetValue(numbers) ? example.Rows : null
            }, cancellation);
            output.WriteLine($"picture: {Path.GetFullPath(path)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
