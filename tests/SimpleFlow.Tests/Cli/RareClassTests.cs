using System.Globalization;
using System.Text;
using System.Text.Json;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Classes of very few rows: they are trained on, they are named, and they do not decide alone which epoch is kept.</summary>
public sealed class RareClassTests : IDisposable
{
    private const double Commonest = 0.775;         // the share of 'stays' in the table of four classes
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void A_class_of_one_row_is_trained_on_and_named(int seed)
    {
        var run = ToolRun.Of("train", FourClasses(), "--target", "kind", "--epochs", "1", "--seed", $"{seed}").Succeeded();
        Assert.Contains("320 rows to train on, 80 to test on (20 % of each class, drawn at random)", run.Lines);
        Assert.Contains("class 'deceased' has 1 row: the network trains on it, and none is left to test on", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("class 'fraud' has 3 rows: ", StringComparison.Ordinal));
        Assert.DoesNotContain(run.Lines, line => line.StartsWith("class 'leaves' has", StringComparison.Ordinal));
    }

    [Fact]
    public void The_mean_of_the_classes_says_whom_it_leaves_out()
    {
        var run = ToolRun.Of("train", FourClasses(), "--target", "kind").Succeeded();
        Assert.Contains(run.Lines, line => line.StartsWith("mean of ", StringComparison.Ordinal)
            && line.Contains(" of 4 classes: no rows of 'deceased'", StringComparison.Ordinal));
    }

    [Fact]
    public void Many_rare_classes_are_counted()
    {
        var rows = Enumerable.Range(0, 400).Select(i => $"{i % 17},{(i < 372 ? $"{(char)('a' + i % 2)}" : $"rare {i % 7}")}");
        File.WriteAllText(_folder.File("many.csv"), $"v,kind\n{string.Join('\n', rows)}\n");
        var run = ToolRun.Of("train", _folder.File("many.csv"), "--target", "kind", "--epochs", "1").Succeeded();
        Assert.Equal(5, run.Lines.Count(line => line.StartsWith("class 'rare ", StringComparison.Ordinal)));
        Assert.Contains("2 more classes with fewer than 10 rows: too few to train on or to test on", run.Lines);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Balanced_classes_of_a_few_rows_do_not_spoil_the_others(int seed)
    {
        var end = Json("train", FourClasses(), "--target", "kind", "--class-weights", "balanced", "--seed", $"{seed}")[^1];
        Assert.InRange(end.GetProperty("accuracy").GetDouble(), Commonest + 0.05, 1);
    }

    [Fact]
    public void Balanced_classes_find_more_of_three_in_a_hundred()
    {
        var file = Imbalanced(3000);
        double Recall(params string[] options) =>
            Json(["train", file, "--target", "bought", "--epochs", "20", .. options])[^1].GetProperty("classes")[1].GetProperty("recall")
                .GetDouble();
        Assert.True(Recall("--class-weights", "balanced") > Recall() + 0.3);
    }

    [Fact]
    public void What_is_no_better_for_balanced_classes_is_advised_to_be_trained_without()
    {
        var (random, text) = (new Random(3), new StringBuilder("a,kind\n"));
        for (var row = 0; row < 300;
        row++)
            text.Append(CultureInfo.InvariantCulture, $"{random.Next(100)},{(row % 10 == 0 ? "x" : "y")}\n");
        File.WriteAllText(_folder.File("noise.csv"), text.ToString());
        var output = ToolRun.Of("train", _folder.File("noise.csv"), "--target", "kind", "--class-weights", "balanced", "--epochs", "20")
            .Succeeded().Output;
        Assert.Contains("or train without it", output, StringComparison.Ordinal);
        Assert.DoesNotContain("--recipe", output, StringComparison.Ordinal);
        output = ToolRun.Of("train", _folder.File("noise.csv"), "--target", "kind", "--epochs", "20").Succeeded().Output;
        Assert.Contains("no better than the baseline", output, StringComparison.Ordinal);
        Assert.DoesNotContain("--class-weights", output, StringComparison.Ordinal);
        Assert.DoesNotContain("--recipe", output, StringComparison.Ordinal);
    }

    private string FourClasses()
    {
        var (random, text, file) = (new Random(1), new StringBuilder("a,b,c,kind\n"), _folder.File("four.csv"));
        for (var row = 0; row < 400; row++)
        {
            var (a, b, c) = (Normal(random), Normal(random), Normal(random));
            var kind = row is 17 or 150 or 290 ? "fraud" : row == 333 ? "deceased"
                : a + 0.6 * b + 0.3 * Normal(random) > 0.9 ? "leaves" : "stays";
            text.Append(CultureInfo.InvariantCulture, $"{a:F3},{b:F3},{c:F3},{kind}\n");
        }
        File.WriteAllText(file, text.ToString());
        return file;
    }

    private string Imbalanced(int rows)
    {
        var (random, text, file) = (new Random(5), new StringBuilder("a,b,bought\n"), _folder.File("imbalanced.csv"));
        for (var row = 0; row < rows; row++)
        {
            var (a, b) = (Normal(random), Normal(random));
            var isBought = a + 0.5 * Normal(random) > 2.05;
            text.Append(CultureInfo.InvariantCulture, $"{a:F3},{b:F3},{(isBought ? "yes" : "no")}\n");
        }
        File.WriteAllText(file, text.ToString());
        return file;
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());

    private static JsonElement[] Json(params string[] args) =>
        [.. ToolRun.Of([.. args, "--json"]).Succeeded().Lines.Select(line => JsonDocument.Parse(line).RootElement)];
}
