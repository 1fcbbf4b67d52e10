using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Examples;

/// <summary>One run of an example, as a user would run it, from an empty folder of its own: nothing may depend on where it is started.</summary>
internal sealed class ExampleProgram : IDisposable
{
    // Only against a program that never ends: the first build on a slow machine takes minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
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
    public static double Number(string line, string word) => NumberAfter(line, word) ?? throw new Xunit.Sdk.XunitException($"There is no number after \"{word}\" in \"{line}\".");

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
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", Path.Combine(Repository(), "examples", name), "--", .. arguments])
        {
            WorkingDirectory = _folder.FullName,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";

        // Servers that outlive the build would hold the other end of our pipes, and reading to the end would not end.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";

        using var process = Process.Start(start)!;
        using var patience = new CancellationTokenSource(Patience);
        var output = process.StandardOutput.ReadToEndAsync(patience.Token);
        var errors = process.StandardError.ReadToEndAsync(patience.Token);
        try
        {
            await Task.WhenAll(output, errors, process.WaitForExitAsync(patience.Token));
        }
        catch (OperationCanceledException cancelled)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{name} has not ended after {Patience.TotalMinutes} minutes.", cancelled);
        }
        Assert.True(process.ExitCode == 0, $"{name} ended with {process.ExitCode}.\n{await output}\n{await errors}");
        Assert.Equal("", await errors);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }

    private static double? NumberAfter(string line, string word)
    {
        var match = Regex.Match(line, $@"\b{Regex.Escape(word)}[ :=]+(?<number>-?\d+(\.\d+)?)", RegexOptions.ExplicitCapture);
        return match.Success ? double.Parse(match.Groups["number"].Value) : null;
    }

    private static string Repository()
    {
        var folder = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(folder, "SimpleFlow.slnx"))) folder = Path.GetDirectoryName(folder)!;
        return folder;
    }
}
