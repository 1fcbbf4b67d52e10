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
        new LearningCurves([0.9, 0.4, 0.2])
        {
            Accuracy = [0.7, 0.9, 0.95],
            Title = "Run",
            ValidationLoss = [1, 0.5, 0.4],
            ValidationAccuracy = [0.6, 0.8, 0.9],
            LogarithmicLoss = logarithmic,
        }.SavePng(path);
        PictureAssert.IsDrawn(path, 800, 640);
    }

    [Fact]
    public void Loss_alone()
    {
        var path = _folder.File("new", "loss.png");
        new LearningCurves([0.9, 0.4, 0.2]).SavePng(path);
        PictureAssert.IsDrawn(path, 800, 400);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void One_point(bool logarithmic)
    {
        var path = _folder.File("one.png");
        new LearningCurves([0.3]) { Accuracy = [0.9], LogarithmicLoss = logarithmic }.SavePng(path, width: 640, height: 480);
        PictureAssert.IsDrawn(path, 640, 480);
    }

    [Fact]
    public void Values_that_are_not_numbers_leave_gaps()
    {
        var path = _folder.File("gaps.png");
        new LearningCurves([double.NaN, 0.4, double.PositiveInfinity, 0.3, 0.2, double.NaN])
        {
            Accuracy = [0.5, double.NaN, 0.6, 0.7, 0.8, 0.9],
        }.SavePng(path);
        PictureAssert.IsDrawn(path, 800, 640);
    }

    [Fact]
    public void A_loss_per_step_goes_with_an_accuracy_per_epoch()
    {
        var path = _folder.File("steps.png");
        new LearningCurves([.. Enumerable.Range(1, 500).Select(step => 1.0 / step)]) { Accuracy = [0.5, 0.8], Unit = "step" }.SavePng(path);
        PictureAssert.IsDrawn(path, 800, 640);
    }

    [Fact]
    public void What_cannot_be_drawn_is_refused()
    {
        var path = _folder.File("none.png");
        Assert.Contains("\"training loss\" is empty", Message(() => new LearningCurves([]).SavePng(path)), StringComparison.Ordinal);
        Assert.Contains("\"validation accuracy\" is empty",
            Message(() => new LearningCurves([1]) { ValidationAccuracy = [] }.SavePng(path)),
            StringComparison.Ordinal);
        Assert.Contains("no finite value", Message(() => new LearningCurves([double.NaN]).SavePng(path)), StringComparison.Ordinal);
        Assert.Contains("from 0 to 1", Message(() => new LearningCurves([1]) { Accuracy = [97.5] }.SavePng(path)),
            StringComparison.Ordinal);
        Assert.False(File.Exists(path));

        static string Message(Action save) => Assert.Throws<ArgumentException>(save).Message;
    }
}
