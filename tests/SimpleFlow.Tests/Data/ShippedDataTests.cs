using System.Security.Cryptography;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Architecture;

namespace SimpleFlow.Tests.Data;

/// <summary>The small files that are shipped: what their pages say of them is so.</summary>
public partial class ShippedDataTests
{
    [Theory]
    [InlineData("iris", "iris.csv")]
    [InlineData("sonnets", "sonnets.txt")]
    public void A_file_is_the_one_that_its_page_lists(string folder, string name)
    {
        var listed = Assert.Single(ListedFile().Matches(File.ReadAllText(Of(folder, "README.md"))));
        var bytes = File.ReadAllBytes(Of(folder, name));
        Assert.Equal((name, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes))),
            (listed.Groups["name"].Value, int.Parse(listed.Groups["bytes"].Value), listed.Groups["hash"].Value));
    }

    [Fact]
    public void The_irises_have_the_means_of_the_paper()
    {
        var table = CsvTable.Read(Of("iris", "iris.csv"));
        Assert.Equal(150, table.Rows);
        (string Species, double[] Means)[] paper = [("setosa", [5.006, 3.428, 1.462, 0.246]), ("versicolor", [5.936, 2.770, 4.260, 1.326]),
            ("virginica", [6.588, 2.974, 5.552, 2.026])];
        foreach (var (species, means) in paper)
        {
            var rows = Enumerable.Range(0, 150).Where(row => table[row, 4] == species).ToList();
            Assert.Equal(50, rows.Count);
            Assert.Equal(means,
                Enumerable.Range(0, 4).Select(column => Math.Round(rows.Average(row => table.Number(row, column)!.Value), 3)));
        }
    }

    [Fact]
    public void There_are_45_sonnets_of_14_lines()
    {
        var sonnets = File.ReadAllText(Of("sonnets", "sonnets.txt")).TrimEnd('\n').Split("\n\n");
        Assert.Equal(45, sonnets.Length);
        Assert.All(sonnets, sonnet => Assert.Equal(14, sonnet.Split('\n').Length));
    }

    private static string Of(string folder, string name) => Path.Combine(SourceFile.Source, "..", "data", folder, name);

    [GeneratedRegex(@"^\| `(?<name>[^`]+)` \| (?<bytes>\d+) \| `(?<hash>[0-9a-f]{64})` \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ListedFile();
}
