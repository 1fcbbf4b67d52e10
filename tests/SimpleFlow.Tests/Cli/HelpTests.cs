namespace SimpleFlow.Tests.Cli;

public sealed class HelpTests
{
    [Theory]
    [InlineData("train"), InlineData("predict"), InlineData("evaluate"), InlineData("inspect"), InlineData("generate"), InlineData("bench"),
        InlineData("explain"), InlineData("draw"), InlineData("check"), InlineData("export")]
    public void Every_command_shows_what_people_type_and_knows_its_options(string command)
    {
        var help = ToolRun.Of(command, "--help").Succeeded().Output;
        var examples = help[help.IndexOf("Examples:", StringComparison.Ordinal)..].Split('\n', StringSplitOptions.RemoveEmptyEntries)[1..];
        Assert.InRange(examples.Length, 2, 12);
        foreach (var example in examples)
        {
            Assert.StartsWith($"  simpleflow {command}", example, StringComparison.Ordinal);
            Assert.InRange(example.Length, 1, 100);
            foreach (var option in example.Split(' ').Where(word => word.StartsWith("--", StringComparison.Ordinal)))
                Assert.Contains($"  {option}", help, StringComparison.Ordinal);
        }
    }
}
