using System.Text.Json;

namespace SimpleFlow.Tests.Cli;

public sealed class BenchCommandTests
{
    [Fact]
    public void Json_is_one_figure_a_line_and_nothing_else()
    {
        var run = ToolRun.Of("bench", "--quick", "--json", "--threads", "2").Succeeded();
        Assert.Equal(22, run.Lines.Length);
        Assert.All(run.Lines, line =>
        {
            Assert.Matches("""^{"event":"bench","name":"[^"]+","value":[^,]+,"unit":"(GFLOP/s|%|% of the peak|µs|images/s)"}$""", line);
            using var figure = JsonDocument.Parse(line);
            Assert.True(figure.RootElement.GetProperty("value").GetDouble() > 0);
        });
    }

    [Fact]
    public void On_a_terminal_it_says_what_it_measures_and_lists_the_figures()
    {
        var run = ToolRun.On(new StringWriter(), ["bench", "--quick", "--threads", "1"], terminal: true).Succeeded();
        Assert.Contains("measuring a matrix product on one thread …", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"(?m)FMA peak with .+, 1 thread +[\d,.]+ GFLOP/s$", run.Output);
        Assert.Matches(@"(?m)share of the peak +[\d,.]+ %$", run.Output);
        foreach (var kind in (string[])["dense", "convolution 3×3", "depthwise", "LSTM", "attention"])
        {
            foreach (var use in (string[])["predicting", "training"])
                Assert.Matches($@"(?m){kind}.*, {use} +[\d,.]+ % of the peak$", run.Output);
        }
        Assert.Matches(@"(?m)784-64-10, batch 200, Adam +[\d,.]+ µs$", run.Output);
        Assert.Matches(@"(?m)MNIST training.* +[\d,.]+ images/s$", run.Output);
        Assert.DoesNotContain("2 threads", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_cancelled_bench_ends_with_a_word()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        ToolRun.On(new StringWriter(), ["bench"], cancellation: source.Token).Failed(130, "cancelled.");
    }

    [Theory]
    [InlineData(1, "bench --threads 0", "--threads is '0', and must be a whole number from 1")]
    [InlineData(2, "bench mnist", "'mnist' is not understood here. Try: simpleflow bench --help")]
    public void What_is_wrong_is_named(int exitCode, string commandLine, params string[] words) =>
        ToolRun.Of(commandLine.Split(' ')).Failed(exitCode, words);

    [Fact]
    public void Help_says_what_is_measured()
    {
        var run = ToolRun.Of("bench", "--help").Succeeded();
        foreach (var word in (string[])["--threads", "--quick", "--json", "twenty seconds"])
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }
}
