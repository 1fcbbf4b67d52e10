using System.Text.RegularExpressions;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Examples;

/// <summary>
/// The examples, shortened, with the numbers they print and the pictures they draw. One after the other, like all tests of this collection:
/// they build the same projects, and two builds at once would get in each other's way.
/// </summary>
[Collection(Collection)]
public sealed partial class ExampleTests
{
    /// <summary>Tests that build the repository's projects where they lie.</summary>
    public const string Collection = "builds in the repository";

    [Fact]
    public async Task Gradient_descent_brings_x_a_fifth_nearer_at_every_step()
    {
        using var program = await ExampleProgram.Run("01-gradient-descent.cs");
        var positions = program.Numbers("x");
        var slopes = program.Numbers("slope");
        Assert.Equal(21, positions.Length);
        for (var step = 0; step < positions.Length; step++)
        {
            Assert.Equal(-1.5 * Math.Pow(0.8, step), positions[step], 1e-5);
            Assert.Equal(2 * positions[step], slopes[step], 1e-5);
        }

        var picture = program.Picture("01-gradient-descent.png");
        PictureAssert.IsDrawn(picture, 800, 500);
        Assert.Equal(21, new ApngFile(picture).Frames().Count);
    }

    [Fact]
    public async Task Gradient_descent_makes_as_many_steps_as_it_is_told()
    {
        using var program = await ExampleProgram.Run("01-gradient-descent.cs", "3");
        Assert.Equal([-1.5, -1.2, -0.96, -0.768], program.Numbers("x").Select(x => Math.Round(x, 5)));
        Assert.Equal(4, new ApngFile(program.Picture("01-gradient-descent.png")).Frames().Count);
    }

    [Theory]
    [InlineData("1")]
    [InlineData("2")]
    public async Task Descent_and_least_squares_find_the_line(string seed)
    {
        using var program = await ExampleProgram.Run("02-line-and-least-squares.cs", "100", "--seed", seed);
        var (truth, descent, squares) = (program.Line("truth"), program.Line("gradient descent"), program.Line("least squares"));
        Assert.Equal((30.3, 309.33), (ExampleProgram.Number(truth, "a"), ExampleProgram.Number(truth, "b")));

        // From 200 points with a deviation of 5, b is known to 5/√200 = 0.35 and a to √3 times that. Four of these.
        Assert.Equal(30.3, ExampleProgram.Number(squares, "a"), 4 * 0.62);
        Assert.Equal(309.33, ExampleProgram.Number(squares, "b"), 4 * 0.36);

        // After half of the way, descent is nearly where algebra is; in b, the steeper direction, earlier than in a.
        Assert.Equal(ExampleProgram.Number(squares, "a"), ExampleProgram.Number(descent, "a"), 3.0);
        Assert.Equal(ExampleProgram.Number(squares, "b"), ExampleProgram.Number(descent, "b"), 1.5);

        // No line has a smaller loss than the solved one (but for its ridge), neither the true one nor the trained one.
        var least = ExampleProgram.Number(squares, "loss");
        Assert.InRange(least, 15, 36);                 // 25, known to a tenth: 4 of these
        Assert.InRange(ExampleProgram.Number(truth, "loss"), least - 1e-3, least + 1.5);
        Assert.InRange(ExampleProgram.Number(descent, "loss"), least - 1e-3, least + 3);
        PictureAssert.IsDrawn(program.Picture("02-line-and-least-squares.png"), 800, 500);
    }

    [Fact]
    public async Task The_network_bends_into_a_parabola()
    {
        using var program = await ExampleProgram.Run("03-parabola.cs", "60", "--seed", "3");
        var (before, after) = (ExampleProgram.Number(program.Line("before"), "loss"), ExampleProgram.Number(program.Line("after"), "loss"));
        Assert.InRange(before, 3000, 4500);            // of 94 x² + 21 with nothing learned: 3529 and what the noise adds
        Assert.InRange(after, 3, before / 50);         // the noise leaves 4
        Assert.Equal(3, program.Lines.Count(line => line.StartsWith("batch", StringComparison.Ordinal)));
        PictureAssert.IsDrawn(program.Picture("03-parabola.png"), 800, 500);
    }

    [Fact]
    public async Task Digits_are_read_better_from_epoch_to_epoch()
    {
        using var program = await ExampleProgram.Run("04-mnist.cs", "3", "--seed", "2");
        var epochs = program.Lines.Select(line => EpochLine().Match(line)).Where(match => match.Success).ToList();
        Assert.Equal([0, 1, 2], epochs.Select(match => int.Parse(match.Groups["epoch"].Value)));
        var accuracies = epochs.Select(match => int.Parse(match.Groups["accuracy"].Value)).ToArray();
        Assert.True(accuracies[0] >= 15, "Not better than guessing after an epoch.");
        Assert.True(accuracies[2] >= 30 && accuracies[2] > accuracies[0], $"The accuracies are {string.Join(", ", accuracies)}.");
        Assert.True(double.Parse(epochs[2].Groups["loss"].Value) < double.Parse(epochs[0].Groups["loss"].Value), "The loss does not fall.");

        var last = program.Line("accuracy on the test images: ");
        Assert.Matches(@"^accuracy on the test images: \d+\.\d\d %, after \d+\.\d s$", last);
        Assert.Equal(accuracies[2], (int)ExampleProgram.Number(last, "images"));
        PictureAssert.IsDrawn(program.Picture("04-mnist.png"), 800, 640);
    }

    [Theory]
    [InlineData("2", "--images", "4000")]
    [InlineData("2", "--images", "2000", "--augmented")]
    public async Task Convolutions_read_digits(params string[] arguments)
    {
        using var program = await ExampleProgram.Run("05-mnist-cnn.cs", arguments);
        Assert.Equal(int.Parse(arguments[0]), program.Lines.Count(line => line.StartsWith("epoch", StringComparison.Ordinal)));
        Assert.InRange(ExampleProgram.Number(program.Line("accuracy on the test images: "), "images"), 60, 100);
        PictureAssert.IsDrawn(program.Picture("05-mnist-cnn.png"), 800, 520);
    }

    [Fact]
    public async Task Two_spirals_are_told_apart()
    {
        using var program = await ExampleProgram.Run("06-two-spirals.cs", "200", "--seed", "2");
        Assert.InRange(ExampleProgram.Number(program.Line("before"), "right"), 30, 70);
        Assert.InRange(ExampleProgram.Number(program.Line("after"), "right"), 90, 100);
        PictureAssert.IsDrawn(program.Picture("06-two-spirals.png"), 640, 560);
    }

    [Fact]
    public async Task A_table_is_learned_saved_and_asked()
    {
        using var program = await ExampleProgram.Run("07-table.cs", "60", "--seed", "2");
        Assert.InRange(ExampleProgram.Number(program.Line("accuracy"), "accuracy"), 0.85, 1);
        Assert.Contains(": virginica, sure to", program.Line("a flower of"), StringComparison.Ordinal);
        PictureAssert.IsDrawn(program.Picture("07-table.png"), 800, 640);
    }

    [Fact]
    public async Task Series_are_continued()
    {
        using var program = await ExampleProgram.Run("08-time-series.cs", "120", "--seed", "2");
        Assert.InRange(ExampleProgram.Number(program.Line("sine"), "ahead"), 1, 25);
        var passengers = program.Line("passengers");
        Assert.InRange(ExampleProgram.Number(passengers, "ahead"), 1, ExampleProgram.Number(passengers, "again") / 2);
        PictureAssert.IsDrawn(program.Picture("08-time-series.png"), 800, 700);
    }

    [Fact]
    public async Task A_transformer_learns_more_than_pairs_of_characters()
    {
        using var program = await ExampleProgram.Run("09-characters.cs", "4", "--seed", "2");
        var (untrained, pairs, trained) = (program.Line("untrained"), program.Line("bigrams"), program.Line("transformer"));
        Assert.InRange(ExampleProgram.Number(untrained, "perplexity"), 50, 300);
        Assert.InRange(ExampleProgram.Number(trained, "perplexity"), 5, ExampleProgram.Number(pairs, "perplexity") - 1);
        Assert.Equal(4, program.Lines.Count(line => line.StartsWith("epoch", StringComparison.Ordinal)));
        Assert.Contains(program.Lines, line => line.StartsWith("Shall I ", StringComparison.Ordinal));
        PictureAssert.IsDrawn(program.Picture("09-characters.png"), 800, 500);
    }

    // It needs a package of 64 MB, and half a minute.
    [Fact(Explicit = true)]
    public async Task A_head_on_the_features_of_another_network_needs_few_pictures()
    {
        var resnet = Path.Combine(Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages"),
            "microsoft.ml.dnnimagefeaturizer.resnet18", "0.23.1", "tools", "DnnImageModels", "ResNet18Onnx", "ResNet18.onnx");
        Assert.SkipUnless(File.Exists(resnet), $"{resnet} is not here: the benchmarks bring it (SimpleFlow.Peers), so build the solution.");
        using var program = await ExampleProgram.Run("12-fine-tuning.cs", "30", "--pictures", "3", "--resnet", resnet);
        var (transfer, alone) = (ExampleProgram.Number(program.Line("transfer"), "right"),
            ExampleProgram.Number(program.Line("from nothing"), "right"));
        Assert.Equal(transfer, ExampleProgram.Number(program.Line("transfer"), "network"), 0.1);
        // By chance, 10 % would be right; of 60 pictures, 4 standard deviations more are 26 %.
        Assert.InRange(transfer, 40, 100);
        Assert.InRange(alone, 0, transfer - 10);
        PictureAssert.IsDrawn(program.Picture("12-fine-tuning.png"), 800, 500);
    }

    [Fact]
    public async Task Two_numbers_say_more_of_a_digit_than_none()
    {
        using var program = await ExampleProgram.Run("10-autoencoder.cs", "8", "--images", "10000");
        Assert.InRange(ExampleProgram.Number(program.Line("two numbers"), "loss"), 0.03,
            ExampleProgram.Number(program.Line("mean image"), "loss") - 0.005);
        Assert.Equal(8, program.Lines.Count(line => line.StartsWith("epoch", StringComparison.Ordinal)));
        Assert.InRange(ExampleProgram.Number(program.Line("neighbours"), "digit"), 25, 90);
        PictureAssert.IsDrawn(program.Picture("10-autoencoder.png"), 800, 640);
    }

    // The form in which the seed of this project prints, with a unit: epoch 0 loss: 2.8043772 accuracy: 20 %
    [GeneratedRegex(@"^epoch (?<epoch>\d+) loss: (?<loss>\d+\.\d+) accuracy: (?<accuracy>\d+) %$", RegexOptions.ExplicitCapture)]
    private static partial Regex EpochLine();
}
