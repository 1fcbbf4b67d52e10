using System.CommandLine;
using System.CommandLine.Parsing;

namespace SimpleFlow.Cli;

/// <summary>The tool from its arguments to its exit code. Whatever goes wrong becomes one line on the error output.</summary>
internal static class Tool
{
    /// <summary>Runs the tool.</summary>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="terminal">Whether a person watches the output, so that it may be drawn over.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error, bool terminal = false, CancellationToken cancellation = default)
    {
        try
        {
            // People are shown what a terminal can be given; programs get data as they are.
            var (shown, data) = ((TextWriter)new PrintableWriter(output), terminal ? new PrintableWriter(output) : output);
            var root = new RootCommand("SimpleFlow: train neural networks in plain C#, and watch them learn.")
            {
                TrainCommand.Create(output, terminal, cancellation),
                PredictCommand.Create(shown, data, cancellation),
                EvaluateCommand.Create(shown, cancellation),
                InspectCommand.Create(shown),
                GenerateCommand.Create(shown, data, cancellation),
                BenchCommand.Create(output, terminal, cancellation),
                ExplainCommand.Create(shown, cancellation),
                DrawCommand.Create(shown, cancellation),
                CheckCommand.Create(shown, cancellation),
            };
            root.HelpName = "simpleflow";
            // A path may start with @: it is a path, not a file with more arguments.
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0) return Refuse(parsed, error);
            return parsed.Invoke(new InvocationConfiguration { Output = output, Error = error, EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        }
        catch (OperationCanceledException exception)
        {
            return Say(error, exception is StoppedException ? exception.Message : "cancelled.", ExitCodes.Cancelled);
        }
        catch (UsageException exception)
        {
            return Say(error, exception.Message, ExitCodes.WrongUsage);
        }
        catch (Exception exception) when (exception is SimpleFlowException or IOException or UnauthorizedAccessException)
        {
            return Say(error, exception.Message, ExitCodes.Failed);
        }
        catch (OutOfMemoryException)
        {
            return Say(error, "there is not enough memory for this network and its batches: try smaller --hidden or --batch.", ExitCodes.Failed);
        }
        catch (Exception exception)
        {
            return Say(error, $"this should not have happened: {exception.GetType().Name}: {exception.Message}", ExitCodes.Failed);
        }
    }

    private static int Refuse(ParseResult parsed, TextWriter error)
    {
        // One mistake often is reported several times: what was not understood, and what is missing because of it.
        var first = parsed.Errors[0];
        var message = parsed.UnmatchedTokens is [var unknown, ..] ? $"'{unknown}' is not understood here" : first.Message.TrimEnd('.');
        // A value that arrived but cannot be used is another matter than a command line that is not understood.
        var isValue = parsed.UnmatchedTokens.Count == 0 && first.SymbolResult is OptionResult { Tokens.Count: 1 } or ArgumentResult { Tokens.Count: 1 };
        var command = parsed.CommandResult.Command;
        var help = command is RootCommand ? "simpleflow --help" : $"simpleflow {command.Name} --help";
        return Say(error, $"{message}. Try: {help}", isValue ? ExitCodes.Failed : ExitCodes.WrongUsage);
    }

    private static int Say(TextWriter error, string message, int exitCode)
    {
        var lines = message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        try
        {
            error.WriteLine(Printable.Of($"simpleflow: {string.Join(' ', lines)}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // There is nowhere left to say it: the exit code does.
        }
        return exitCode;
    }
}
