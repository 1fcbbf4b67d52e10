using System.CommandLine;
using System.CommandLine.Help;
using SimpleFlow.Cli.Examples;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow explain</c>: writes back-propagation of a network as one would by hand.</summary>
internal static class ExplainCommand
{
    private static readonly string[] Formats = ["text", "markdown", "html"];

    public static Command Create(TextWriter output, CancellationToken cancellation)
    {
        var what = ExampleArgument.Create();
        var format = OptionValues.Name("--format", string.Join('|', Formats),
            "text for a terminal, markdown with LaTeX, or an html page that needs nothing else [default: by the ending of FILE, else text]",
            Formats);
        var numbers = new Option<bool>("--with-numbers") { Description = "Show the numbers of a few rows beside every formula" };
        var seed = ExampleArgument.Seed();
        var file = OptionValues.Text("--out", "FILE", "Write into this file instead of the terminal: .txt, .md or .html");
        var command = new Command("explain",
            "Write down how a network computes its loss, how back-propagation finds the gradients, and the step they lead to.") { what,
            format, numbers, seed, file };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow explain parabola                  back-propagation in formulas
            simpleflow explain parabola --with-numbers   and what they give for five rows
            simpleflow explain mnist --out mnist.html    as a page to read and print
            """) });
        command.SetAction(parsed =>
        {
            var path = parsed.GetValue(file);
            var form = parsed.GetValue(format) ?? Path.GetExtension(path)?.ToLowerInvariant() switch
            {
                ".html" => "html",
                ".md" => "markdown",
                _ => "text",
            };
            if (path is not null) WritableFile.Check(path, "explanation");
            var example = ExampleNetwork.Create(parsed.GetRequiredValue(what), parsed.GetValue(seed) ?? 1);
            var rows = parsed.GetValue(numbers) ? example.Rows : null;
            var text = form switch
            {
                "html" => example.Model.ExplanationHtml(rows, cancellation),
                "markdown" => example.Model.Derivation(rows, cancellation).ToMarkdown(),
                _ => example.Model.Derivation(rows, cancellation).ToText()
            };
            cancellation.ThrowIfCancellationRequested();
            if (path is null)
            {
                output.Write(text);
                return ExitCodes.Done;
            }
            WholeFile.Write(path, text);
            if (!StandardOutput.IsNamed(path)) output.WriteLine($"explanation: {Path.GetFullPath(path)}");
            return ExitCodes.Done;
        });
        return command;
    }
}
