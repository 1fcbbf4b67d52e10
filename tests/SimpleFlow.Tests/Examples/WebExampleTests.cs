using System.Net;
using System.Net.Http.Json;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Examples;

/// <summary>The web server among the examples, asked over HTTP by many at once.</summary>
[Collection(ExampleTests.Collection)]
public sealed class WebExampleTests
{
    // Only against a program that never ends: the first build on a slow machine takes minutes.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    [Fact]
    public async Task It_reads_digits_for_many_at_once()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        var (token, folder) = (patience.Token, Directory.CreateTempSubdirectory("simpleflow-web-"));
        try
        {
            await using var server = await WebServer.Start(folder.FullName, token, "run", "-c", "Release",
                Path.Combine(Pages.Repository, "examples", "11-web.cs"), "--");
            var client = server.Client;
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
            folder.Delete(recursive: true);
        }
    }

    private sealed record Answer(int Digit, double Probability);
}
