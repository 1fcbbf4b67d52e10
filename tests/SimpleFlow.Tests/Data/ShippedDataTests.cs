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

    [Fact]
    public void The_digits_of_the_tool_are_the_first_of_MNIST()
    {
        var (few, all) = (Mnist.Load(Of("digits", "")), Mnist.Load(Of("mnist", "")));
        foreach (var (some, whole, each) in new[] { (few.Train, all.Train, 80), (few.Test, all.Test, 20) })
        {
            var left = Enumerable.Repeat(each, 10).ToArray();
            int[] rows = [.. Enumerable.Range(0, whole.Count).Where(row => left[whole.LabelBytes[row]]-- > 0)];
            Assert.Equal(10 * each, some.Count);
            Assert.Equal(rows.Select(row => whole.LabelBytes[row]), some.LabelBytes.ToArray());
            var (picked, images) = (new float[rows.Length * 784], new float[rows.Length * 784]);
            whole.Images.GatherRows(rows, picked);
            some.Images.CopyTo(images);
            Assert.Equal(picked, images);
        }
        Assert.InRange(Directory.EnumerateFiles(Of("digits", ""), "*.gz").Sum(file => new FileInfo(file).Length), 1, 200_000);
    }

    private static string Of(string folder, string name) => Path.Combine(SourceFile.Source, "..", "data", folder, name);

    [GeneratedRegex(@"^\| `(?<name>[^`]+)` \| (?<bytes>\d+) \| `(?<hash>[0-9a-f]{64})` \|$",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex ListedFile();
}
