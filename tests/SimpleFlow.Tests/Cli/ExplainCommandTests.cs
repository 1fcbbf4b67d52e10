using System.Xml.Linq;

namespace SimpleFlow.Tests.Cli;

public sealed class ExplainCommandTests
{
    [Theory]
    [InlineData("line", "Δa = -rate·∂loss/∂a")]
    [InlineData("parabola", "δ(s_2) = δ(l_1) ∘ relu′(s_2)")]
    [InlineData("seed", "∂loss/∂dense_layer_1/w = imgᵀ·δ(s_1)")]
    [InlineData("mnist", "hidden_1/w                      [784, 256]      is trained")]
    public void It_writes_the_derivation_of_an_example(string name, string line) =>
        Assert.Contains(line, ToolRun.Of("explain", name).Succeeded().Output, StringComparison.Ordinal);

    [Theory, InlineData("line"), InlineData("parabola"), InlineData("seed"), InlineData("mnist")]
    public void It_fits_80_columns_and_breaks_no_word(string name)
    {
        var lines = ToolRun.Of("explain", name, "--with-numbers").Succeeded().Lines;
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 80));
        // Cut at blanks, the words are those of the lines as they would be without an end.
        var example = SimpleFlow.Cli.Examples.ExampleNetwork.Create(name, 1);
        var sections = example.Model.Derivation(example.Rows).Sections;
        string[] whole = [.. sections.SelectMany(section =>
            section.Lines.SelectMany(line => (string?[])[FormulaText.Of(line.Equation),
                line.Where is null ? null : FormulaText.Of(line.Where), line.Remark, line.Numbers]))
            .OfType<string>().SelectMany(text => text.Split(' ')).Distinct()];
        var shown = string.Join(' ', lines).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.TrimEnd(';')).ToHashSet();
        Assert.All(whole, word => Assert.Contains(word.TrimEnd(';'), shown));
    }

    [Fact]
    public void The_ending_of_the_file_decides_the_form_unless_it_is_said()
    {
        var folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string Written(string file, params string[] more)
            {
                var path = Path.Combine(folder, "new", file);
                Assert.Contains(path, ToolRun.Of(["explain", "line", "--out", path, .. more]).Succeeded().Output, StringComparison.Ordinal);
                return File.ReadAllText(path);
            }
            var page = Written("page.html");
            Assert.StartsWith("<!DOCTYPE html>", page, StringComparison.Ordinal);
            Assert.DoesNotContain("http", page.Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal),
                StringComparison.Ordinal);
            Assert.Contains("<svg", page, StringComparison.Ordinal);
            Assert.NotEmpty(XElement.Parse(page[page.IndexOf("<body>", StringComparison.Ordinal)..page.IndexOf("</html>",
                StringComparison.Ordinal)].Replace("&#160;", " ", StringComparison.Ordinal)).Descendants("math"));
            Assert.StartsWith("# ", Written("page.md"), StringComparison.Ordinal);
            Assert.StartsWith("Network\n", Written("page.txt"), StringComparison.Ordinal);
            Assert.StartsWith("# ", Written("page.txt", "--format", "markdown"), StringComparison.Ordinal);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void Numbers_are_shown_when_asked_for()
    {
        Assert.DoesNotContain("\n      ", ToolRun.Of("explain", "line").Succeeded().Output, StringComparison.Ordinal);
        var one = ToolRun.Of("explain", "line", "--with-numbers").Succeeded().Output;
        Assert.Contains("\n      -1; -0.5; 0; 0.5; 1\n", one, StringComparison.Ordinal);
        Assert.NotEqual(one, ToolRun.Of("explain", "line", "--with-numbers", "--seed", "2").Succeeded().Output);
    }

    [Theory]
    [InlineData(1, "explain cat", "WHAT is 'cat', and must be one of line, parabola, mnist, seed, or a saved network")]
    [InlineData(1, "explain line --format pdf", "--format is 'pdf'")]
    [InlineData(2, "explain", "Try: simpleflow explain --help")]
    [InlineData(1, "explain line --out /dev/null/page.html", "the explanation cannot be written there")]
    public void What_is_wrong_is_named(int exitCode, string commandLine, string words) =>
        ToolRun.Of(commandLine.Split(' ')).Failed(exitCode, words);
}
