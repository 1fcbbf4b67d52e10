using System.Text.Json;
using SimpleFlow.Cli;
using SimpleFlow.Cli.Examples;
using SimpleFlow.Tests.Diagnostics;

namespace SimpleFlow.Tests.Cli;

public sealed class CheckCommandTests
{
    public static TheoryData<string> Examples => [.. ExampleNetwork.Names];

    [Theory, MemberData(nameof(Examples))]
    public void The_gradients_of_the_examples_are_right(string name)
    {
        var run = ToolRun.Of("check", name).Succeeded();
        Assert.Matches("^gradient check of `[^`]+` = [0-9.]+: right$", run.Lines[0]);
        Assert.Contains("numbers compared", run.Lines[^1], StringComparison.Ordinal);
        Assert.All(run.Lines, line => Assert.InRange(line.Length, 1, 80));
    }

    [Theory, InlineData("line"), InlineData("seed")]
    public void Json_is_one_object_a_line_and_nothing_else(string name)
    {
        var objects = ToolRun.Of("check", name, "--json", "--seed", "3")
            .Succeeded().Lines.Select(line => JsonDocument.Parse(line).RootElement).ToList();
        Assert.All(objects, one => Assert.True(one.GetProperty("right").GetBoolean()));
        Assert.All(objects.Where(one => one.GetProperty("event").GetString() is "gradient" or "rule"),
            one => Assert.True(one.GetProperty("relative").GetDouble() < 1e-6));
        Assert.Equal(["gradient", "rule", "end"], objects.Select(one => one.GetProperty("event").GetString()).Distinct());
    }

    [Fact]
    public void All_compares_every_element()
    {
        static double Compared(params string[] args) => ToolRun.Of(["check", "parabola", "--json", .. args]).Succeeded().Lines
            .Select(line => JsonDocument.Parse(line).RootElement)
            .Single(one => one.TryGetProperty("node", out var node) && node.GetString() == "w_1").GetProperty("compared").GetDouble();
        Assert.Equal((16, 20), (Compared(), Compared("--all")));
    }

    [Fact]
    public void A_wrong_gradient_is_named_and_ends_with_1()
    {
        var result = GradientCheck.Of(Flow.AddFlow(new Variable("w", [3]), new SignError(), "strange").Sum(), []);
        var text = new StringWriter();
        Assert.Equal(1, CheckCommand.Report(result, json: false, text));
        Assert.Contains("The gradient rule of SignError in `strange`", text.ToString(), StringComparison.Ordinal);
        var lines = new StringWriter();
        Assert.Equal(1, CheckCommand.Report(result, json: true, lines));
        var wrong = lines.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(one => !one.GetProperty("right").GetBoolean()).ToList();
        Assert.Equal(["gradient", "rule", "end"], wrong.Select(one => one.GetProperty("event").GetString()));
        Assert.Equal(("w", "SignError"), (wrong[0].GetProperty("node").GetString(), wrong[1].GetProperty("op").GetString()));
    }

    [Fact]
    public void The_seed_decides_about_the_weights()
    {
        static string Check(string seed) => ToolRun.Of("check", "line", "--seed", seed).Succeeded().Output;
        Assert.Equal(Check("1"), ToolRun.Of("check", "line").Output);
        Assert.NotEqual(Check("1"), Check("2"));
    }

    [Fact]
    public void A_cancelled_check_ends_with_a_word()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        ToolRun.On(new StringWriter(), ["check", "mnist"], cancellation: source.Token).Failed(130, "cancelled.");
    }

    [Theory]
    [InlineData(1, "check nothing", "WHAT is 'nothing', and must be one of line, parabola, mnist, seed, or a saved network")]
    [InlineData(1, "check line --seed x", "--seed is 'x', and must be a whole number from 0")]
    [InlineData(2, "check", "WHAT")]
    [InlineData(2, "check line mnist", "'mnist' is not understood here. Try: simpleflow check --help")]
    public void What_is_wrong_is_named(int exitCode, string commandLine, params string[] words) =>
        ToolRun.Of(commandLine.Split(' ')).Failed(exitCode, words);

    [Fact]
    public void Help_says_what_can_be_checked()
    {
        var run = ToolRun.Of("check", "--help").Succeeded();
        foreach (var word in (string[])["line, parabola, mnist", "--seed", "--all", "--json"])
            Assert.Contains(word, run.Output, StringComparison.Ordinal);
    }
}
