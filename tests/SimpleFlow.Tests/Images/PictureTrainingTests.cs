using System.Text.Json;
using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Plots;
using SkiaSharp;

namespace SimpleFlow.Tests.Images;

/// <summary>The plain command learns folders of few pictures.</summary>
public sealed class PictureTrainingTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory(Explicit = true)]
    [InlineData(3, 40, true, 40, 110)]
    [InlineData(3, 40, false, 40, 110)]
    [InlineData(2, 25, false, 32, 32)]
    [InlineData(5, 60, true, 20, 60)]
    public void Shapes_of_any_colour_and_size_are_told_apart(int classes, int ofEach, bool inColours, int smallest, int largest)
    {
        ShapePictures.Write(_folder.File("shapes"), classes, ofEach, inColours, smallest, largest, seed: 1);
        Assert.InRange(Accuracy("train", _folder.File("shapes"), "--json"), 0.95, 1);
    }

    [Fact]
    public void Colours_that_are_the_class_stay_and_are_learned()
    {
        var random = new Random(1);
        foreach (var (index, name) in ((string[])["dark", "light"]).Index())
        {
            for (var i = 0; i < 40; i++)
            {
                PictureFiles.Write(_folder.File("greys", name, $"{i:D2}.png"), 8, 8, (_, _) =>
                {
                    var level = (byte)(100 + 60 * index + random.Next(-25, 26));
                    return new SKColor(level, level, level);
                });
            }
        }
        var run = ToolRun.Of("train", _folder.File("greys")).Succeeded();
        Assert.Contains(run.Lines,
            line => line.Contains("their colours say something about the class and are kept", StringComparison.Ordinal));
        Assert.Contains(run.Lines, line => line.StartsWith("Test accuracy 100.00 %", StringComparison.Ordinal));
        Assert.DoesNotContain(ToolRun.Of("train", _folder.File("greys"), "--augment", "false", "--epochs", "1").Succeeded().Lines,
            line => line.StartsWith("In training the images are shifted", StringComparison.Ordinal));
    }

    [Fact]
    public void Colours_that_say_nothing_are_changed()
    {
        // Five shapes of different areas, which the mean and the deviation of the pixels tell a little of.
        ShapePictures.Write(_folder.File("shapes"), 5, 40, inColours: true, 20, 30, seed: 1);
        Assert.Contains(ToolRun.Of("train", _folder.File("shapes"), "--epochs", "1").Succeeded().Lines,
            line => line.Contains("their colours changed, which say little about the class", StringComparison.Ordinal));
    }

    private static double Accuracy(params string[] args) =>
        JsonDocument.Parse(ToolRun.Of(args).Succeeded().Lines[^1]).RootElement.GetProperty("accuracy").GetDouble();
}
