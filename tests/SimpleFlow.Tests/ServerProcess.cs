using System.Diagnostics;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests;

/// <summary>A web server in a process of its own, started with <c>dotnet run</c> on a free port of this machine, which the system chooses
/// and the server says.</summary>
internal sealed partial class ServerProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ServerProcess(Process process, string address) => (_process, Client) = (process, new HttpClient { BaseAddress = new(address) });

    /// <summary>Asks it.</summary>
    public HttpClient Client { get; }

    /// <param name="folder">Where it is started.</param>
    /// <param name="environment">Variables of its environment.</param>
    /// <param name="run">The arguments of <c>dotnet</c>: <c>["run", "web.cs"]</c>.</param>
    /// <param name="token">Ends waiting for it.</param>
    public static async Task<ServerProcess> Start(string folder, IReadOnlyDictionary<string, string> environment, string[] run,
        CancellationToken token)
    {
        var start = ChildProcess.StartInfo(folder, environment, "dotnet", [.. run, "--", "--urls", "http://127.0.0.1:0"]);
        var process = Process.Start(start)!;
        try
        {
            var errors = process.StandardError.ReadToEndAsync(token);
            var said = new List<string>();
            while (await process.StandardOutput.ReadLineAsync(token) is { } line)
            {
                said.Add(line);
                if (Listening().Match(line) is not { Success: true } match) continue;
                // What nobody reads would fill the pipe, and it would wait.
                _ = process.StandardOutput.ReadToEndAsync(CancellationToken.None);
                return new(process, match.Groups["address"].Value);
            }
            throw new Xunit.Sdk.XunitException($"It ended: {string.Join('\n', said)}\n{await errors}");
        }
        catch
        {
            await End(process);
            throw;
        }
    }

    public ValueTask DisposeAsync()
    {
        Client.Dispose();
        return End(_process);
    }

    private static async ValueTask End(Process process)
    {
        using (process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync(CancellationToken.None);
        }
    }

    [GeneratedRegex(@"listening on: (?<address>http://\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
