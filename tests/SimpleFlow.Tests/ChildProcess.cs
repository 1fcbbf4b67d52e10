using System.Diagnostics;

namespace SimpleFlow.Tests;

/// <summary>A program run to its end in a process of its own.</summary>
internal sealed record ChildProcess(int ExitCode, string Output, string Errors)
{
    // Only against a program that never ends: the first build on a slow machine takes minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>What it printed, to both streams.</summary>
    public string All => Output + Errors;

    /// <summary>The first of these programs that this machine has.</summary>
    public static string? Find(params string[] programs) =>
        programs.FirstOrDefault(program => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, program))));

    public static Task<ChildProcess> Run(string folder, string program, params string[] arguments) =>
        Run(folder, new Dictionary<string, string>(), program, arguments);

    /// <summary>With some variables of its environment set.</summary>
    public static async Task<ChildProcess> Run(string folder, IReadOnlyDictionary<string, string> environment, string program,
        params string[] arguments)
    {
        var start = StartInfo(folder, environment, program, arguments);
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
            throw new TimeoutException($"{program} {string.Join(' ', arguments)} has not ended after {Patience.TotalMinutes} minutes.",
                cancelled);
        }
        return new ChildProcess(process.ExitCode, await output, await errors);
    }

    /// <summary>How a program is started: without a window, its output readable, and without servers that would outlive it.</summary>
    public static ProcessStartInfo StartInfo(string folder, IReadOnlyDictionary<string, string> environment, string program,
        string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["DOTNET_NOLOGO"] = "1";
        start.Environment["DOTNET_CLI_TELEMETRY_OPTOUT"] = "1";
        start.Environment["DOTNET_SKIP_FIRST_TIME_EXPERIENCE"] = "1";

        // Servers that outlive the build would hold the other end of our pipes, and reading to the end would not end.
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return start;
    }
}
