using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Examples;

/// <summary>One run of an example, as a user would run it, from an empty folder of its own:
/// nothing may depend on where it is started.</summary>
internal sealed class ExampleProgram : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-examples-");

    private ExampleProgram() { }

    /// <summary>What it printed, line by line.</summary>
    public string[] Lines { get; private set; } = [];

    public static async Task<ExampleProgram> Run(string name, params string[] arguments)
    {
        var program = new ExampleProgram();
        try
        {
            program.Lines = await program.Start(name, arguments);
            return program;
        }
        catch
        {
            program.Dispose();
            throw;
        }
    }

    /// <summary>The numbers that follow a word in the printed lines, in their order.</summary>
    public double[] Numbers(string word) => [.. Lines.Select(line => NumberAfter(line, word)).OfType<double>()];

    /// <summary>The line that starts with these words.</summary>
    public string Line(string start) => Assert.Single(Lines, line => line.StartsWith(start, StringComparison.Ordinal));

    /// <summary>The number that follows a word in a line.</summary>
    public static double Number(string line, string word) =>
        NumberAfter(line, word) ?? throw new Xunit.Sdk.XunitException($"There is no number after \"{word}\" in \"{line}\".");

    /// <summary>Where the picture is that it says it wrote: in <c>out</c>, in the folder where it was started.</summary>
    public string Picture(string file)
    {
        var path = Path.Combine("out", file);
        Assert.EndsWith(Path.DirectorySeparatorChar + path, Line("picture: "), StringComparison.Ordinal);
        return Path.Combine(_folder.FullName, path);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private async Task<string[]> Start(string name, string[] arguments)
    {
        var run = await ChildProcess.Run(_folder.FullName, "dotnet",
            ["run", "-c", "Release", Path.Combine(Pages.Repository, "examples", name), "--", .. arguments]);
        Assert.True(run.ExitCode == 0, $"{name} ended with {run.ExitCode}.\n{run.All}");
        Assert.Equal("", run.Errors);
        return run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static double? NumberAfter(string line, string word)
    {
        var match = Regex.Match(line, $@"\b{Regex.Escape(word)}[ :=]+(?<number>-?\d+(\.\d+)?)", RegexOptions.ExplicitCapture);
        return match.Success ? double.Parse(match.Groups["number"].Value) : null;
    }
}
