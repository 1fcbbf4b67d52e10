using SimpleFlow.Plots;

namespace SimpleFlow.Tests.Plots;

public sealed class BinaryCurvesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Three_charts_are_drawn()
    {
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, 100).Select(_ => random.Next(2))];
        var logits = TensorMemory.Create([.. labels.Select(label => 2 * label - 1 + 4 * (random.NextSingle() - 0.5f))], [100, 1]);
        var path = _folder.File("curves.png");
        BinaryCurves.SavePng(path, BinaryReport.Of(logits, labels), "two classes");
        PictureAssert.IsDrawn(path, 640, 1200);
    }

    [Fact]
    public void Without_one_of_the_classes_there_is_nothing_to_draw() => Assert.Throws<ArgumentException>("report", () =>
        BinaryCurves.SavePng(_folder.File("none.png"), BinaryReport.Of(TensorMemory.Create([1f, 2], [2, 1]), new[] { 1, 1 })));
}
