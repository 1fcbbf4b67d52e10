using System.CommandLine;
using System.CommandLine.Parsing;
using System.Text;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary>Runs the tool, from its arguments to its exit code. Errors go to the error output, in one line unless they hold a
/// list.</summary>
internal static class Tool
{
    /// <summary>How long cancelled work has to end on its own.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(0.5);

    /// <summary>Runs the tool.</summary>
    /// <param name="args">The command line, without the program's name.</param>
    /// <param name="output">Where results go.</param>
    /// <param name="error">Where errors go.</param>
    /// <param name="terminal">Whether a person watches the output, so that it may be overwritten.</param>
    /// <param name="cancellation">Ends the run.</param>
    public static int Run(string[] args, TextWriter output, TextWriter error, bool terminal = false,
        CancellationToken cancellation = default)
    {
        try
        {
            OnnxBody.Register();
            // People get text that is safe for a terminal; programs get data as they are.
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
                ExportCommand.Create(shown),
            };
            root.HelpName = "simpleflow";
            // A path may start with @: it is a path, not a file with more arguments.
            var parsed = root.Parse(args.Length == 0 ? ["--help"] : args, new ParserConfiguration { ResponseFileTokenReplacer = null });
            if (parsed.Errors.Count > 0 || UnknownOption(parsed) is not null) return Refuse(parsed, error);
            var invocation = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null
            };
            // A cancelled training saves its state; other commands have nothing to lose and need not be waited for.
            return parsed.CommandResult.Command.Name == "train" ? parsed.Invoke(invocation)
                : Abandonable.Run(() => parsed.Invoke(invocation), cancellation, Grace);
        }
        catch (ClusterException exception) when (exception.IsOfAnotherRank)
        {
            // The rank that has the error says it.
            return ExitCodes.Failed;
        }
        catch (Exception exception) when (exception is OperationCanceledException or TrainingException && OwnRank > 0)
        {
            // All ranks have it, and rank 0 says it.
            return exception is OperationCanceledException ? ExitCodes.Cancelled : ExitCodes.Failed;
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
            return Say(error, "there is not enough memory for this network and its batches: try smaller --hidden or --batch.",
                ExitCodes.Failed);
        }
        catch (Exception exception)
        {
            return Say(error, $"this should not have happened: {exception.GetType().Name}: {exception.Message}", ExitCodes.Failed);
        }
    }

    // Only if the processes were connected: what goes wrong before is said as ever.
    private static int OwnRank => Mpi.Mpi.IsConnected ? Mpi.Mpi.World.Rank : 0;

    private static int Refuse(ParseResult parsed, TextWriter error)
    {
        var command = parsed.CommandResult.Command;
        // One mistake is often reported several times: what was not understood, and what is missing because of it.
        var first = parsed.Errors.Count > 0 ? parsed.Errors[0] : null;
        var unknown = UnknownOption(parsed) ?? (parsed.UnmatchedTokens.Count > 0 ? parsed.UnmatchedTokens[0] : null);
        var similar = unknown is null ? null : Similar.To(unknown, Names(command));
        var message = unknown is null ? first!.Message.TrimEnd('.')
            : $"'{unknown}' is not understood here{(similar is null ? "" : $"; did you mean {similar}?")}";
        // An invalid value is a different error from a command line that is not understood.
        var isValue = unknown is null && first?.SymbolResult is OptionResult { Tokens.Count: 1 } or ArgumentResult { Tokens.Count: 1 };
        var help = command is RootCommand ? "simpleflow --help" : $"simpleflow {command.Name} --help";
        return Say(error, $"{(similar is null ? message + "." : message)} Try: {help}", isValue ? ExitCodes.Failed : ExitCodes.WrongUsage);
    }

    // A mistyped option is taken for an argument: a file of such a name is given as ./--name, or after --.
    private static string? UnknownOption(ParseResult parsed)
    {
        if (parsed.Tokens.Any(token => token.Type == TokenType.DoubleDash)) return null;
        return parsed.CommandResult.Children.OfType<ArgumentResult>().SelectMany(argument => argument.Tokens).Select(token => token.Value)
            .FirstOrDefault(value => value.Length > 1 && value[0] == '-' && value != "-");
    }

    private static IEnumerable<string> Names(Command command) =>
        command.Subcommands.Select(sub => sub.Name)
            .Concat(command.Options.SelectMany(option => option.Aliases.Append(option.Name))
                .Where(name => name.StartsWith("--", StringComparison.Ordinal)));

    private static int Say(TextWriter error, string message, int exitCode)
    {
        try
        {
            error.WriteLine(Lines($"simpleflow: {(OwnRank > 0 ? $"rank {OwnRank}: " : "")}{message}"));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or ObjectDisposedException)
        {
            // There is nowhere left to report it but the exit code.
        }
        return exitCode;
    }

    // An indented list keeps its lines. Everything else becomes one line.
    internal static string Lines(string message)
    {
        var text = new StringBuilder();
        var indented = false;
        foreach (var line in message.Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => !string.IsNullOrWhiteSpace(line)))
        {
            var item = line.StartsWith("  ", StringComparison.Ordinal);
            if (text.Length > 0) text.Append(item || indented ? '\n' : ' ');
            text.Append(item ? "  " : "").Append(Printable.Of(line.Trim()));
            indented = item;
        }
        return text.ToString();
    }
}
