using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Examples;

/// <summary>A web server started with <c>dotnet</c> on a port that the system chooses, until it is disposed of.</summary>
internal sealed partial class WebServer : IAsyncDisposable
{
    private readonly Process _process;

    private WebServer(Process process) => _process = process;

    /// <summary>Asks it.</summary>
    public required HttpClient Client { get; init; }

    /// <summary>Starts one, and waits until it listens.</summary>
    /// <param name="folder">Where it runs.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <param name="arguments">Those of <c>dotnet</c>; the address comes after them.</param>
    public static async Task<WebServer> Start(string folder, CancellationToken cancellation, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [.. arguments, "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(cancellation);
            var address = await Address(process, errors, cancellation);
            // What nobody reads would fill the pipe, and it would wait.
            _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
            return new WebServer(process) { Client = new HttpClient { BaseAddress = new Uri(address) } };
        }
        catch
        {
            await End(process);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await End(_process);
    }

    private static async Task End(Process process)
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync(CancellationToken.None);
        process.Dispose();
    }

    private static async Task<string> Address(Process server, Task<string> errors, CancellationToken cancellation)
    {
        var said = new List<string>();
        while (await server.StandardOutput.ReadLineAsync(cancellation) is { } line)
        {
            said.Add(line);
            if (Listening().Match(line) is { Success: true } match) return match.Groups["address"].Value;
        }
        throw new Xunit.Sdk.XunitException($"It ended: {string.Join('\n', said)}\n{await errors}");
    }

    [GeneratedRegex(@"listening on: (?<address>http://\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
