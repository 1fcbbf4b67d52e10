using System.Diagnostics;
using System.Net;
using System.Net.Http.Json;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Examples;

/// <summary>The web server among the examples, asked over HTTP by many at once.</summary>
[Collection(ExampleTests.Collection)]
public sealed partial class WebExampleTests
{
    // Only against a program that never ends: the first build on a slow machine takes minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task It_reads_digits_for_many_at_once()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var (token, folder) = (patience.Token, Directory.CreateTempSubdirectory("simpleflow-web-"));
        using var server = new Process { StartInfo = Start(folder.FullName) };
        server.Start();
        try
        {
            var errors = server.StandardError.ReadToEndAsync(token);
            using var client = new HttpClient { BaseAddress = new Uri(await Address(server, errors, token)) };
            var test = Mnist.Load(Path.Combine(Pages.Repository, "data", "mnist")).Test;
            var labels = new int[100];
            test.Labels.Slice(0, labels.Length).CopyTo(labels);
            var answers = await Task.WhenAll(Enumerable.Range(0, labels.Length).Select(async i =>
            {
                var pixels = new float[784];
                test.Images.GatherRows([i], pixels);
                var sent = await client.PostAsJsonAsync("digit", Array.ConvertAll(pixels, pixel => pixel * 255), token);
                Assert.Equal(HttpStatusCode.OK, sent.StatusCode);
                var posted = (await sent.Content.ReadFromJsonAsync<Answer>(token))!;
                var got = (await client.GetFromJsonAsync<Answer>($"digit/{i}", token))!;
                Assert.Equal(got.Digit, posted.Digit);
                Assert.InRange(posted.Probability, 0.1, 1);
                return posted.Digit == labels[i];
            }));
            Assert.InRange(answers.Count(right => right), 85, 100);
            Assert.Equal(HttpStatusCode.BadRequest, (await client.PostAsJsonAsync("digit", new float[3], token)).StatusCode);
            Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync("digit/10000", token)).StatusCode);
        }
        finally
        {
            server.Kill(entireProcessTree: true);
            await server.WaitForExitAsync(CancellationToken.None);
            folder.Delete(recursive: true);
        }
    }

    // The system chooses a free port, and the server says which.
    private static ProcessStartInfo Start(string folder)
    {
        var start = new ProcessStartInfo("dotnet", ["run", "-c", "Release", Path.Combine(Pages.Repository, "examples", "11-web.cs"), "--",
            "--urls", "http://127.0.0.1:0"])
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true
        };
        start.Environment["MSBUILDDISABLENODEREUSE"] = "1";
        start.Environment["DOTNET_CLI_USE_MSBUILD_SERVER"] = "0";
        start.Environment["UseSharedCompilation"] = "false";
        return start;
    }

    private static async Task<string> Address(Process server, Task<string> errors, CancellationToken token)
    {
        var said = new List<string>();
        while (await server.StandardOutput.ReadLineAsync(token) is { } line)
        {
            said.Add(line);
            if (Listening().Match(line) is { Success: true } match) return match.Groups["address"].Value;
        }
        throw new Xunit.Sdk.XunitException($"It ended: {string.Join('\n', said)}\n{await errors}");
    }

    private sealed record Answer(int Digit, double Probability);

    [GeneratedRegex(@"listening on: (?<address>http://\S+)", RegexOptions.ExplicitCapture)]
    private static partial Regex Listening();
}
