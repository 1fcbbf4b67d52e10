using System.Xml.Linq;

namespace SimpleFlow.Tests.Cli;

public sealed class DrawCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    [Theory]
    [InlineData("line.svg", "<svg")]
    [InlineData("line.dot", "digraph")]
    [InlineData("line.mmd", "flowchart")]
    public void The_ending_decides_the_form(string file, string beginning)
    {
        var path = Path.Combine(_folder, file);
        Assert.Contains(path, ToolRun.Of("draw", "line", "--out", path).Succeeded().Output, StringComparison.Ordinal);
        Assert.StartsWith(beginning, File.ReadAllText(path), StringComparison.Ordinal);
    }

    [Fact]
    public void Gradients_numbers_layers_and_the_plan_are_drawn_when_asked_for()
    {
        string Drawn(params string[] options)
        {
            var path = Path.Combine(_folder, "picture.svg");
            ToolRun.Of(["draw", "seed", "--out", path, .. options]).Succeeded();
            return string.Join('\n',
                XDocument.Load(path).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value));
        }
        Assert.DoesNotContain("∂loss", Drawn(), StringComparison.Ordinal);
        Assert.Contains("∂loss/∂dense_layer_1/w", Drawn("--gradients"), StringComparison.Ordinal);
        Assert.Contains("gradient mean", Drawn("--with-numbers"), StringComparison.Ordinal);
        Assert.Contains("MatMul → Add → Relu", Drawn("--collapse"), StringComparison.Ordinal);
        Assert.Contains("those in one row run as one kernel", Drawn("--plan"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "draw cat", "WHAT is 'cat'")]
    [InlineData(2, "draw line --out x.png", "must end in .svg, .dot, .mmd")]
    [InlineData(2, "draw line --plan --out x.dot", "--plan draws .svg only")]
    [InlineData(2, "draw line --plan --gradients", "do not go with it")]
    public void What_is_wrong_is_named(int exitCode, string commandLine, string words) =>
        ToolRun.Of(commandLine.Split(' ')).Failed(exitCode, words);

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
