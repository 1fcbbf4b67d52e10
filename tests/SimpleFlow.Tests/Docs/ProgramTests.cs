using System.Globalization;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// The programs on the pages compile, run and print what the pages say. A block of C# is marked by the line above it, <c>&lt;!-- program:
/// NAME --&gt;</c>, and what it prints by <c>&lt;!-- prints: NAME --&gt;</c>.
/// </summary>
public sealed partial class ProgramTests
{
    private static readonly Dictionary<string, Lazy<string>> Printed =
        Programs.All.Keys.ToDictionary(name => name, name => new Lazy<string>(() => Programs.Run(name)), StringComparer.Ordinal);

    public static TheoryData<string> Names => [.. Programs.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void It_stands_on_a_page_as_it_runs(string name)
    {
        var expected = Bare(Source(name));
        var blocks = Blocks("program", name);
        Assert.NotEmpty(blocks);
        Assert.All(blocks,
            block =>
                Assert.Equal(expected,
                    Bare(block.Lines.SkipWhile(line => line.Length == 0 || line.StartsWith("using ", StringComparison.Ordinal)
                        || line.StartsWith("#:", StringComparison.Ordinal)))));
    }

    [Theory, MemberData(nameof(Names))]
    public void It_prints_what_the_page_says(string name)
    {
        var printed = Words(Printed[name].Value);
        Assert.All(Blocks("prints", name), block =>
        {
            var written = Words(string.Join('\n', block.Lines));
            Assert.Equal(written.Length, printed.Length);
            Assert.All(written.Zip(printed),
                pair => Assert.True(Agree(pair.First, pair.Second), $"{block.Page} says {pair.First}, the program {pair.Second}."));
        });
    }

    [Fact]
    public void Every_program_of_the_first_pages_is_tested()
    {
        foreach (var page in new[] { "README.md", "README.zh-CN.md", "docs/backpropagation.md" })
        {
            var lines = Pages.Lines(page);
            for (var i = 0; i < lines.Length; i++)
            {
                if (lines[i] == "```csharp")
                    Assert.True(i > 0 && Mark().IsMatch(lines[i - 1]), $"{page}:{i + 1}: no <!-- program: … --> above it.");
            }
        }
    }

    [Fact]
    public void No_page_names_a_program_that_is_not_there() =>
        Assert.Empty(Pages.All.SelectMany(Pages.Lines).Select(line => Mark().Match(line)).Where(mark => mark.Success)
            .Select(mark => mark.Groups["name"].Value).Except(Programs.All.Keys));

    [Theory]
    [InlineData("README.md")]
    [InlineData("README.zh-CN.md")]
    public void The_first_page_lists_every_op_and_every_optimizer(string page)
    {
        var text = string.Join('\n', Pages.Lines(page));
        var listed = typeof(Op).Assembly.GetExportedTypes()
            .Where(type => !type.IsAbstract && (type.IsSubclassOf(typeof(Op)) || type.IsSubclassOf(typeof(Optimizer))));
        Assert.All(listed, type => Assert.Contains($"`{type.Name}`", text));
    }

    private static List<(string Page, string[] Lines)> Blocks(string kind, string name)
    {
        var blocks = new List<(string, string[])>();
        foreach (var page in Pages.All)
        {
            var lines = Pages.Lines(page);
            for (var i = 0; i < lines.Length; i++)
            {
                if (Mark().Match(lines[i]) is not { Success: true } mark || mark.Groups["kind"].Value != kind
                    || mark.Groups["name"].Value != name)
                    continue;
                Assert.StartsWith("```", lines[i + 1]);
                blocks.Add((page, [.. lines.Skip(i + 2).TakeWhile(line => line != "```")]));
            }
        }
        return blocks;
    }

    private static string[] Source(string name)
    {
        var file = File.ReadAllLines(Path.Combine(Pages.Repository, "tests", "SimpleFlow.Tests", "Docs", "Programs.cs"));
        var lines = file.SkipWhile(line => line.Trim() != $"// program {name}").Skip(1).TakeWhile(line => line.Trim() != "// end")
            .ToArray();
        var margin = lines.Where(line => line.Length > 0).Min(line => line.Length - line.TrimStart().Length);
        return Array.ConvertAll(lines, line => line.Length == 0 ? line : line[margin..]);
    }

    // Comments are left out, because they are translated.
    private static string[] Bare(IEnumerable<string> lines) =>
        [.. lines.Select(line => Comment().Replace(line, "").TrimEnd()).Where(line => line.Length > 0)];

    // What a step is estimated to cost is left out: tuning an estimate breaks no page.
    private static string[] Words(string text) =>
        Estimate().Replace(text, "ns").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    [GeneratedRegex("[0-9,]+ ns")]
    private static partial Regex Estimate();

    // Another processor may round otherwise, and training makes more of it.
    private static bool Agree(string written, string printed)
    {
        if (written == printed) return true;
        static string Number(string word) => word.Trim(';', ',', ':');
        return double.TryParse(Number(written), CultureInfo.InvariantCulture, out var a)
            && double.TryParse(Number(printed), CultureInfo.InvariantCulture, out var b)
            && Math.Abs(a - b) <= 0.1 * Math.Max(Math.Abs(a), Math.Abs(b)) + 0.1;
    }

    [GeneratedRegex("^<!-- (?<kind>program|prints): (?<name>.*) -->$")]
    private static partial Regex Mark();

    [GeneratedRegex(@"\s*// .*$")]
    private static partial Regex Comment();
}
