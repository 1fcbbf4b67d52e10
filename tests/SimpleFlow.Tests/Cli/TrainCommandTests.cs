using System.Text.Json;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Cli;

public sealed class TrainCommandTests : IDisposable
{
    private readonly ImageFolder _images = new();

    public void Dispose() => _images.Dispose();

    [Fact]
    public void Json_is_one_object_a_line_and_nothing_else()
    {
        var run = Train("--json", "--epochs", "3", "--hidden", "7,5", "--learning-rate", "0.03").Succeeded();
        Assert.Equal(4, run.Lines.Length);
        for (var i = 0; i < 3; i++)
        {
            Assert.Matches(
                $$"""^{"event":"epoch","epoch":{{i + 1}},"loss":[^,]+,"validationLoss":[^,]+,"accuracy":[^,]+,"seconds":[^,]+}$""",
                run.Lines[i]);
            var epoch = JsonDocument.Parse(run.Lines[i]).RootElement;
            Assert.InRange(epoch.GetProperty("accuracy").GetDouble(), 0, 1);
            Assert.InRange(epoch.GetProperty("loss").GetDouble(), 0, 10);
            Assert.InRange(epoch.GetProperty("seconds").GetDouble(), 0, 100);
        }
        Assert.Matches(
            """^{"event":"end","accuracy":[^,]+,"loss":[^,]+,"testLoss":[^,]+,"epoch":\d,"macroF1":[^,]+"""
                + ""","seconds":[^,]+,"parameters":[^,]+,"baseline":[^,]+,"classes":\[({[^}]+},?)+\]}$""", run.Lines[3]);
        var end = JsonDocument.Parse(run.Lines[3]).RootElement;
        var kept = JsonDocument.Parse(run.Lines[end.GetProperty("epoch").GetInt32() - 1]).RootElement;
        Assert.Equal(kept.GetProperty("loss").GetDouble(), end.GetProperty("loss").GetDouble());
        double ValidationLoss(string line) => JsonDocument.Parse(line).RootElement.GetProperty("validationLoss").GetDouble();
        Assert.InRange(kept.GetProperty("validationLoss").GetDouble() - run.Lines[..3].Min(ValidationLoss), 0, 0.02);
        Assert.Equal((12 * 10 + 1) * 7 + (7 + 1) * 5 + (5 + 1) * 4, end.GetProperty("parameters").GetInt32());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Any_folder_of_images_is_learnt_plain_or_compressed(bool gzip)
    {
        using var images = new ImageFolder(gzip);
        var run = ToolRun.Of("train", images.Path, "--epochs", "10", "--batch", "20").Succeeded();
        Assert.Contains("240 images to train on, 60 to test on, 12 × 10 pixels, 4 classes", run.Output, StringComparison.Ordinal);
        Assert.InRange(Accuracy(run), 98, 100);
        Assert.Equal(10,
            run.Lines.Count(line => Regex.IsMatch(line,
                @"^epoch +\d+/10  loss \d\.\d{4}  validation loss \d\.\d{4}  accuracy \d+\.\d\d %  \d+\.\d\d s  [\d,]+ images/s$")));
    }

    [Fact]
    public void Mnist_is_found_and_learnt()
    {
        var run = ToolRun.Of("train", "mnist", "--epochs", "1", "--hidden", "32", "--json").Succeeded();
        Assert.InRange(JsonDocument.Parse(run.Lines[^1]).RootElement.GetProperty("accuracy").GetDouble(), 0.93, 1);
    }

    [Fact]
    public void Of_the_test_digits_98_percent_are_told()
    {
        var run = ToolRun.Of("train", "mnist", "--json").Succeeded();
        Assert.Equal(5, run.Lines.Length);
        Assert.InRange(JsonDocument.Parse(run.Lines[^1]).RootElement.GetProperty("accuracy").GetDouble(), 0.982, 1);
    }

    [Fact]
    public void A_rate_at_which_nothing_is_learned_is_said()
    {
        var run = Train("--learning-rate", "1e-9", "--epochs", "2");
        Assert.Single(run.Lines,
            line => Regex.IsMatch(line, @"^Baseline: always answering '\d' gives accuracy \d+\.\d\d % \(shares: .* %\)\.$"));
        Assert.Contains(run.Lines, line => line.StartsWith("no better than the baseline: The accuracy is ", StringComparison.Ordinal)
            && line.Contains("Try other learning rates than 1E-09", StringComparison.Ordinal));
        var json = Train("--learning-rate", "1e-9", "--epochs", "2", "--json");
        Assert.Contains(json.Lines, line => line.StartsWith("""{"event":"finding","name":""", StringComparison.Ordinal));
        Assert.StartsWith("""{"event":"end",""", json.Lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Another_folder_can_stand_for_mnist()
    {
        var named = Train("--json", "--epochs", "2");
        var instead = ToolRun.Of("train", "mnist", "--data", _images.Path, "--json", "--epochs", "2").Succeeded();
        Assert.Equal(WithoutSeconds(named), WithoutSeconds(instead));
    }

    [Theory]
    [InlineData("gradient-descent")]
    [InlineData("sgd")]
    [InlineData("momentum")]
    [InlineData("nesterov")]
    [InlineData("adagrad")]
    [InlineData("rmsprop")]
    [InlineData("adam")]
    [InlineData("adamw")]
    public void Every_optimizer_learns_at_its_own_rate(string optimizer)
    {
        var run = Train("--optimizer", optimizer, "--epochs", "10", "--batch", "20").Succeeded();
        Assert.InRange(Accuracy(run), 95, 100);
    }

    [Theory]
    [InlineData("mlp")]
    [InlineData("seed")]
    public void A_seed_gives_the_same_run_on_any_number_of_threads(string recipe)
    {
        string[] args = ["--recipe", recipe, "--epochs", "2", "--json", "--seed"];
        var first = WithoutSeconds(Train([.. args, "5", "--threads", "1"]));
        Assert.Equal(first, WithoutSeconds(Train([.. args, "5", "--threads", "1"])));
        Assert.Equal(first, WithoutSeconds(Train([.. args, "5", "--threads", "2"])));
        Assert.NotEqual(first, WithoutSeconds(Train([.. args, "6", "--threads", "1"])));
    }

    [Fact]
    public void The_seeds_recipe_speaks_as_the_seed()
    {
        var run = Train("--recipe", "seed", "--epochs", "3", "--batch", "50").Succeeded();
        for (var epoch = 0; epoch < 3; epoch++) Assert.Matches($@"^epoch {epoch} loss: \d+\.\d+ accuracy: \d+ %$", run.Lines[2 + epoch]);
        Assert.Contains($"{(120 + 1) * 64 + (64 + 1) * 4:N0} parameters", End(run), StringComparison.Ordinal);
    }

    [Fact]
    public void On_a_terminal_there_is_a_table_and_a_bar()
    {
        var run = ToolRun.On(new StringWriter(), ["train", _images.Path, "--epochs", "2"], terminal: true).Succeeded();
        Assert.Contains("hidden 1", run.Output, StringComparison.Ordinal);
        Assert.Contains("total", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"━* *epoch 1/2  compiling", run.Output);          // without colours, a bar at 0 is empty
        Assert.Matches(@"━+.* epoch 2/2  loss .* accuracy .* images/s  \d:\d\d left", run.Output);
        Assert.Matches(@"epoch 2/2  loss \d\.\d{4}  validation loss \d\.\d{4}  accuracy", run.Output);
        Assert.Matches(@"Test accuracy \d+\.\d\d % after", run.Output);
    }

    [Fact]
    public void A_picture_is_drawn_in_a_new_folder()
    {
        var file = _images.File(Path.Combine("pictures", "curves.png"));
        Assert.Contains(file, Train("--epochs", "2", "--plot", file).Succeeded().Output, StringComparison.Ordinal);
        Assert.Equal([0x89, (byte)'P', (byte)'N', (byte)'G'], File.ReadAllBytes(file)[..4]);
        Train("--epochs", "1", "--recipe", "seed", "--json", "--plot", _images.File("seed.png")).Succeeded();
        Assert.True(new FileInfo(_images.File("seed.png")).Length > 1000);
    }

    [Fact]
    public void A_cancelled_run_ends_with_a_word()
    {
        using var source = new CancellationTokenSource();
        using var output = new CancellingWriter(source, after: "\"epoch\":2");
        var run = ToolRun.On(output, ["train", _images.Path, "--epochs", "1000", "--json"], cancellation: source.Token);
        Assert.Equal("simpleflow: cancelled.", run.Failed(130).Error.Trim());
        Assert.Equal(2, run.Lines.Length);
        Assert.DoesNotContain("end", run.Output, StringComparison.Ordinal);
    }

    private ToolRun Train(params string[] options) => ToolRun.Of(["train", _images.Path, .. options]);

    // What to do next is said after it.
    private static string End(ToolRun run) => Assert.Single(run.Lines, line => line.StartsWith("Test accuracy ", StringComparison.Ordinal));

    private static double Accuracy(ToolRun run) => double.Parse(Regex.Match(End(run), @"^Test accuracy (\d+\.\d\d) %").Groups[1].Value);

    private static string WithoutSeconds(ToolRun run) => Regex.Replace(run.Succeeded().Output, "\"seconds\":[^,}]+", "");
}
