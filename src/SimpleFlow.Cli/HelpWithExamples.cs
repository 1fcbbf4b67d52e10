using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace SimpleFlow.Cli;

/// <summary>The help of a command, with example command lines below it.</summary>
/// <param name="examples">Command lines, each with what it does.</param>
internal sealed class HelpWithExamples(string examples) : SynchronousCommandLineAction
{
    private readonly HelpAction _help = new();

    public override bool ClearsParseErrors => true;

    public override int Invoke(ParseResult parseResult)
    {
        _help.Invoke(parseResult);
        var output = parseResult.InvocationConfiguration.Output;
        output.WriteLine("Examples:");
        foreach (var example in examples.Split('\n')) output.WriteLine($"  {example.TrimEnd()}");
        output.WriteLine();
        return ExitCodes.Done;
    }
}
