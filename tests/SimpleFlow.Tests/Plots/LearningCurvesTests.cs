using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Plots;

public sealed class LearningCurvesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Loss_and_accuracy_of_training_and_validation(bool logarithmic)
    {
        var path = _folder.File("curves.png");
        LearningCurves.SavePng(path, [0.9, 0.4, 0.2], [0.7, 0.9, 0.95], "Run", [1, 0.5, 0.4], [0.6, 0.8, 0.9], logarithmic);
        PictureAssert.IsDrawn(path, 800, 640);
    }

    [Fact]
    public void Loss_alone()
    {
        var path = _folder.File("new", "loss.png");
        LearningCurves.SavePng(path, [0.9, 0.4, 0.2]);
        PictureAssert.IsDrawn(path, 800, 400);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_point(bool logarithmic)
    {
        var path = _folder.File("one.png");
        LearningCurves.SavePng(path, [0.3], [0.9], logarithmicLoss: logarithmic, width: 640, height: 480);
        PictureAssert.IsDrawn(path, 640, 480);
    }

    [Fact]
    public void Values_that_are_not_numbers_leave_gaps()
    {
        var path = _folder.File("gaps.png");
        LearningCurves.SavePng(path, [double.NaN, 0.4, double.PositiveInfinity, 0.3, 0.2, double.NaN],
            [0.5, double.NaN, 0.6, 0.7, 0.8, 0.9]);
        PictureAssert.IsDrawn(path, 800, 640);
    }

    [Fact]
    public void A_loss_per_step_goes_with_an_accuracy_per_epoch()
    {
        var path = _folder.File("steps.png");
        LearningCurves.SavePng(path, [.. Enumerable.Range(1, 500).Select(step => 1.0 / step)], [0.5, 0.8], unit: "step");
        PictureAssert.IsDrawn(path, 800, 640);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        var path = _folder.File("none.png");
        Assert.Contains("\"training loss\" is empty", Message(() => LearningCurves.SavePng(path, [])), StringComparison.Ordinal);
        Assert.Contains("\"validation accuracy\" is empty", Message(() => LearningCurves.SavePng(path, [1], validationAccuracy: [])),
            StringComparison.Ordinal);
        Assert.Contains("no finite value", Message(() => LearningCurves.SavePng(path, [double.NaN])), StringComparison.Ordinal);
        Assert.Contains("from 0 to 1", Message(() => LearningCurves.SavePng(path, [1], [97.5])), StringComparison.Ordinal);
        Assert.False(File.Exists(path));

        static string Message(Action save) => Assert.Throws<ArgumentException>(save).Message;
    }
}
