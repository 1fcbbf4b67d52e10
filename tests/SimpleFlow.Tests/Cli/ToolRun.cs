using SimpleFlow.Cli;

namespace SimpleFlow.Tests.Cli;

/// <summary>One run of the tool within the tests' process.</summary>
internal sealed record ToolRun(int ExitCode, string Output, string Error)
{
    public string[] Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static ToolRun Of(params string[] args) => On(new StringWriter(), args);

    public static ToolRun On(StringWriter output, string[] args, bool terminal = false, CancellationToken cancellation = default)
    {
        var error = new StringWriter();
        var exitCode = Tool.Run(args, output, error, terminal, cancellation);
        return new ToolRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>Everything about a run that failed: the code, one line of error or a list with these
    /// words in it, and no trace of the stack.</summary>
    public ToolRun Failed(int exitCode, params ReadOnlySpan<string> words)
    {
        Assert.Equal(exitCode, ExitCode);
        Assert.StartsWith("simpleflow: ", Error, StringComparison.Ordinal);
        // Several lines are a list, indented, and perhaps a sentence after it.
        var lines = Error.TrimEnd('\n').Split('\n');
        var isIndented = Array.ConvertAll(lines, line => line.StartsWith("  ", StringComparison.Ordinal));
        for (var i = 1; i < lines.Length; i++) Assert.True(isIndented[i] || isIndented[i - 1], Error);
        Assert.DoesNotContain(" at SimpleFlow", Error, StringComparison.Ordinal);
        Assert.DoesNotContain("should not have happened", Error, StringComparison.Ordinal);
        foreach (var word in words) Assert.Contains(word, Error, StringComparison.Ordinal);
        return this;
    }

    public ToolRun Succeeded()
    {
        Assert.Equal("", Error);
        Assert.Equal(0, ExitCode);
        return this;
    }
}
