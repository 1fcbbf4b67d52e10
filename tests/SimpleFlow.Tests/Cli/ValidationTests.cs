using System.Globalization;
using System.Text;
using System.Text.Json;
using SimpleFlow.Cli;
using SimpleFlow.Cli.Recipes;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>A training of the tool is watched by a part of its own, keeps its best epoch, and says what it reached.</summary>
public sealed class ValidationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_table_that_is_learned_by_heart_stops_early_and_keeps_its_best_epoch()
    {
        var file = Rare(600);
        var lines = Json("train", file, "--target", "bought", "--epochs", "150");
        var (epochs, end) = (lines.Where(one => one.GetProperty("event").GetString() == "epoch").ToList(), lines[^1]);
        Assert.True(epochs.Count < 150);
        var best = epochs.MinBy(one => one.GetProperty("validationLoss").GetDouble());
        Assert.Equal(best.GetProperty("epoch").GetInt32(), end.GetProperty("epoch").GetInt32());
        Assert.InRange(end.GetProperty("auc").GetDouble(), 0.6, 1);
        Assert.InRange(end.GetProperty("threshold").GetDouble(), 0.001, 0.999);
        Assert.Equal(2, end.GetProperty("classes").GetArrayLength());

        var all = Json("train", file, "--target", "bought", "--epochs", "150", "--no-early-stopping");
        Assert.Equal(150, all.Count(one => one.GetProperty("event").GetString() == "epoch"));
        Assert.Equal(150, all[^1].GetProperty("epoch").GetInt32());
        Assert.Contains(all,
            one => one.GetProperty("event").GetString() == "finding" && one.GetProperty("name").GetString() == "overfitting");
        Assert.True(end.GetProperty("testLoss").GetDouble() < all[^1].GetProperty("testLoss").GetDouble());
    }

    [Theory]
    [InlineData("v,y\n1,2\n", "y", "1 row cannot be divided")]
    [InlineData("price,y\n1,2\n3,4\n", "prise", "there is no column 'prise'; did you mean 'price'?")]
    [InlineData("v,y\n1,yes\n2,yes\n3,yes\n", "y", "column 'y' is 'yes' in every row")]
    public void A_table_that_cannot_be_learned_from_is_refused(string table, string target, string words)
    {
        File.WriteAllText(_folder.File("odd.csv"), table);
        ToolRun.Of("train", _folder.File("odd.csv"), "--target", target).Failed(1, words);
    }

    [Fact]
    public void A_test_with_rows_of_one_class_has_no_area_under_a_curve()
    {
        File.WriteAllText(_folder.File("odd.csv"), $"v,y\n0,b\n{string.Concat(Enumerable.Range(1, 14).Select(i => $"{i},a\n"))}");
        var output = ToolRun.Of("train", _folder.File("odd.csv"), "--target", "y", "--epochs", "1").Succeeded().Output;
        Assert.Contains("a            ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("NaN", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("v,y\n1,2.5\n2,3.5\n3,4.5\n4,9.5\n", 3, 1)]
    [InlineData("v,y\n1,a\n2,a\n3,a\n4,b\n", 3, 1)]
    [InlineData("v,y\n1,2.5\n2,3.5\n3,4.5\n4,9.5\n5,5.5\n6,4.5\n7,8.5\n8,9.5\n9,7.5\n10,9.5\n", 8, 2)]
    public void Too_few_rows_are_said_to_be_and_judged_by_nothing(string table, int train, int test)
    {
        File.WriteAllText(_folder.File("tiny.csv"), table);
        var output = ToolRun.Of("train", _folder.File("tiny.csv"), "--target", "y", "--epochs", "3").Succeeded().Output;
        Assert.Contains($"Too few rows to say how well the network predicts: {train} to train on, {test} to test on.", output,
            StringComparison.Ordinal);
        foreach (var word in (string[])["R²", "NaN", "aseline", "learning rate"])
            Assert.DoesNotContain(word, output, StringComparison.Ordinal);
        Assert.False(Json("train", _folder.File("tiny.csv"), "--target", "y", "--epochs", "3")[^1].TryGetProperty("baseline", out _));
    }

    [Theory]
    [InlineData("kind", "2 rows without 'kind' are left out, the first is row 1 (line 2)", 38)]
    [InlineData("amount", "1 row without 'amount' is left out: row 3 (line 4)", 39)]
    public void Rows_without_a_target_are_left_out(string target, string sentence, int rows)
    {
        var (file, net) = (_folder.File("holes.csv"), _folder.File("net"));
        File.WriteAllText(file, "id,v,amount,kind\n" + string.Concat(Enumerable.Range(0, 40).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{i},{i * 7 % 11},{(i == 2 ? "" : $"{i % 9}.5")},{(i is 0 or 5 ? "" : i % 2 == 0 ? "a" : "b")}\n"))));
        var run = ToolRun.Of("train", file, "--target", target, "--epochs", "1", "--save", net).Succeeded();
        Assert.Contains(sentence, run.Lines);
        Assert.Contains("column 'id' is left out: it only counts the rows", run.Output, StringComparison.Ordinal);
        Assert.Contains(run.Lines, line => line.StartsWith($"{rows - 8} rows to train on, 8 to test on", StringComparison.Ordinal));
        var tested = ToolRun.Of("evaluate", net, file);
        Assert.Equal((0, $"simpleflow: {sentence}.\n"), (tested.ExitCode, tested.Error));
        Assert.Contains($"all {rows} rows", tested.Output, StringComparison.Ordinal);

        File.WriteAllText(file, "v,amount,kind\n1,,\n2,,\n3,,\n");
        ToolRun.Of("train", file, "--target", target).Failed(1, $"column '{target}' is empty in every row");
        ToolRun.Of("evaluate", net, file).Failed(1, $"column '{target}' is empty in every row");
    }

    [Fact]
    public void A_cell_that_cannot_be_read_is_missing_where_values_were_and_else_says_its_cure()
    {
        var (file, net, odd) = (_folder.File("cells.csv"), _folder.File("cells"), _folder.File("odd.csv"));
        File.WriteAllText(file, "full,holes,day,word,y\n" + string.Concat(Enumerable.Range(0, 40).Select(i => string.Create(
            CultureInfo.InvariantCulture,
            $"{i * 7 % 11}.5,{(i == 3 ? "" : $"{i % 5}.5")},{(i == 4 ? "" : $"2024-01-{i % 28 + 1:00}")},"
                + $"{(i == 5 ? "" : i % 3 == 0 ? "u" : "v")},"
                + $"{(i % 2 == 0 ? "a" : "b")}\n"))));
        var run = ToolRun.Of("train", file, "--target", "y", "--epochs", "1", "--save", net).Succeeded();
        Assert.Contains(run.Lines, line => line.StartsWith("3 of them have missing values: ", StringComparison.Ordinal));
        ToolRun Predicted(string row, params string[] options)
        {
            File.WriteAllText(odd, $"full,holes,day,word\n{row}\n");
            return ToolRun.Of(["predict", net, odd, .. options]);
        }
        var predicted = Predicted("1.5,egal,old,u");
        Assert.Equal(0, predicted.ExitCode);
        foreach (var words in (string[])["column 'holes': 1 cell is not a number, the first \"egal\" in row 1 (line 2); treated as missing",
            "column 'day': 1 cell is not a date, the first \"old\" in row 1 (line 2); treated as missing"])
            Assert.Contains(words, predicted.Error, StringComparison.Ordinal);
        Predicted("egal,1.5,2024-01-02,u").Failed(1, "'egal' is not a number.", "--missing egal");
        Predicted("1.5,1.5,31.01.2024,u").Failed(1, "'31.01.2024' is not a date such as 2024-01-31");
        Assert.Equal(0, Predicted("egal,1.5,2024-01-02,u", "--missing", "egal").ExitCode);
    }

    [Fact]
    public void Classes_that_are_written_in_two_ways_are_named()
    {
        var rows = Enumerable.Range(0, 80).Select(i => $"{i % 7},{((string[])["Cat", "cat", "dog", "great  dog", "Great dog"])[i % 5]}");
        File.WriteAllText(_folder.File("pets.csv"), $"v,pet\n{string.Join('\n', rows)}\n");
        var output = ToolRun.Of("train", _folder.File("pets.csv"), "--target", "pet", "--epochs", "1").Succeeded().Output;
        Assert.Contains("classes 'Cat' and 'cat' differ in capitals or spaces alone: are they one?", output, StringComparison.Ordinal);
        Assert.Contains("classes 'Great dog' and 'great  dog' differ in capitals or spaces alone", output, StringComparison.Ordinal);
    }

    [Fact]
    public void A_long_table_says_how_far_it_is_read_and_can_be_left()
    {
        var parts = new List<double>();
        using var source = new CancellationTokenSource();
        var told = new Told(parts.Add);
        var text = $"v,y\n{string.Concat(Enumerable.Range(0, 20_000).Select(i => $"{i % 97},{i % 2}\n"))}";
        var table = CsvTable.Parse(text, options: new CsvOptions { Progress = told });
        TableInput.Of(table, "y", out _);
        Assert.InRange(parts.Count, 30, 100);
        Assert.Equal(parts.Order(), parts);
        Assert.InRange(parts[^1], 0.9, 1);

        var leaving = new Told(part =>
        {
            if (part > 0.6) source.Cancel();
        });
        var left = CsvTable.Parse(text, options: new CsvOptions { Progress = leaving });
        Assert.Throws<OperationCanceledException>(() => TableInput.Of(left, "y", out _, cancellation: source.Token));
    }

    private sealed class Told(Action<double> report) : IProgress<double>
    {
        public void Report(double value) => report(value);
    }

    [Fact]
    public void The_test_decides_nothing()
    {
        var data = TableSource.Load(Rare(300), new TableSettings("bought", Task: null, new CsvOptions(), new ColumnChoices()),
            testShare: 0.2, seed: 1, new ReadingReport(_ => { }, () => { }, Timeout.InfiniteTimeSpan), _ => { },
            TestContext.Current.CancellationToken);
        var labels = new int[data.Test.Rows];
        data.Test.Targets.CopyTo(labels.AsSpan());
        var other = data with { Test = new ExampleSet(data.Test.Inputs, Array.ConvertAll(labels, label => 1 - label)) };
        float[][] Weights(LabelledData some)
        {
            var report = new PlainReport(new StringWriter(), Sentences.Epoch);
            report.Loaded(some);
            var trained = TableRecipe.Create(new TrainSettings(), 240, 3).Train(some, new TrainSettings { Epochs = 30 }, report,
                TestContext.Current.CancellationToken);
            return [.. trained.Model.Variables.Select(variable => variable.Memory.Span.ToArray())];
        }
        Assert.Equal(Weights(data), Weights(other));
    }

    [Fact]
    public void A_person_is_told_which_examples_watch_and_which_threshold_is_best()
    {
        var run = ToolRun.Of("train", Rare(600), "--target", "bought", "--epochs", "20", "--class-weights", "balanced").Succeeded();
        Assert.Contains("432 rows change the weights, and 48, the validation set, choose the epoch.", run.Lines);
        Assert.Contains(run.Lines,
            line => line.StartsWith("threshold 0.", StringComparison.Ordinal)
                && line.Contains("for 'yes', chosen on the validation set for the best F1", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("AUC 0.", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("yes ", StringComparison.Ordinal));
        Assert.All(run.Lines.Where(line => line.StartsWith("epoch ", StringComparison.Ordinal)),
            line => Assert.Contains("validation loss ", line, StringComparison.Ordinal));
    }

    [Fact]
    public void Balanced_classes_find_more_of_the_rare_one()
    {
        var file = Rare(600);
        double Recall(params string[] options) =>
            Json(["train", file, "--target", "bought", "--epochs", "20", .. options])[^1].GetProperty("classes")[1].GetProperty("recall")
                .GetDouble();
        Assert.True(Recall("--class-weights", "balanced") > Recall());
    }

    [Theory]
    [InlineData(40, 0)]
    [InlineData(79, 0)]
    [InlineData(80, 20)]
    [InlineData(500, 50)]
    [InlineData(60_000, 1000)]
    public void A_part_is_as_large_as_says_something(int rows, int watched) => Assert.Equal(watched, ValidationPart.Rows(rows));

    [Fact]
    public void Few_rows_are_all_learned_from_and_that_is_said()
    {
        var run = ToolRun.Of("train", Rare(60), "--target", "bought", "--epochs", "3").Succeeded();
        Assert.Contains("All 48 rows are trained on, without a validation set: the last epoch is kept.", run.Lines);
        ToolRun.Of("train", Rare(60), "--target", "bought", "--epochs", "3", "--validation-share", "0.5", "--save", _folder.File("net"))
            .Succeeded();
    }

    [Fact]
    public void A_text_that_is_not_learned_is_said()
    {
        var file = _folder.File("noise.txt");
        var random = new Random(1);
        File.WriteAllText(file, string.Concat(Enumerable.Range(0, 3000).Select(_ => (char)('a' + random.Next(20)))));
        var run = ToolRun.Of("train", file, "--epochs", "1").Succeeded();
        Assert.Contains(run.Lines,
            line => line.StartsWith("no better than the baseline: On the test set the network has perplexity ", StringComparison.Ordinal));
    }

    private string Rare(int rows)
    {
        var (random, text, file) = (new Random(7), new StringBuilder("a,b,c,d,e,bought\n"), _folder.File($"rare{rows}.csv"));
        for (var row = 0; row < rows; row++)
        {
            double[] numbers = [.. Enumerable.Range(0, 5)
                .Select(_ => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()))];
            var isBought = random.NextDouble() < 1 / (1 + Math.Exp(2.5 - 1.2 * numbers[0]));
            text.Append(CultureInfo.InvariantCulture,
                $"{string.Join(',', numbers.Select(number => number.ToString("F3", CultureInfo.InvariantCulture)))},"
                    + $"{(isBought ? "yes" : "no")}\n");
        }
        File.WriteAllText(file, text.ToString());
        return file;
    }

    private static JsonElement[] Json(params string[] args) =>
        [.. ToolRun.Of([.. args, "--json"]).Succeeded().Lines.Select(line => JsonDocument.Parse(line).RootElement)];
}
