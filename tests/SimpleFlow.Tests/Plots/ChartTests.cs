using SimpleFlow.Plots;
using SkiaSharp;

namespace SimpleFlow.Tests.Plots;

public sealed class ChartTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_chart_is_drawn_in_the_asked_size_and_its_folder_is_created()
    {
        var path = _folder.File("new", "folders", "fit.png");
        float[] x = [-1, 0, 1], y = [0.5f, -0.5f, 0.5f];
        new Chart("Title").Points(x, y, "data").Curve(x, y, "curve").Function(v => (v * v) - 0.5, -1, 1, "truth").Axes("x", "y")
            .SavePng(path, 640, 400);
        PictureAssert.IsDrawn(path, 640, 400);
    }

    [Fact]
    public void Panels_are_all_drawn()
    {
        var path = _folder.File("panels.png");
        Panels.SavePng(path, [new Chart("upper").Function(Math.Sin, 0, 6), new Chart().Function(Math.Cos, 0, 6)], 640, 600);
        PictureAssert.IsDrawn(path, 640, 600);
        using var picture = SKBitmap.Decode(path);
        Assert.True(PictureAssert.Inked(picture, new SKRectI(0, 0, 640, 300)) > 500, "The upper panel is blank.");
        Assert.True(PictureAssert.Inked(picture, new SKRectI(0, 300, 640, 600)) > 500, "The lower panel is blank.");
    }

    [Fact]
    public void Text_is_drawn_with_the_embedded_font()
    {
        var path = _folder.File("title.png");
        var chart = new Chart("A title");
        chart.SavePng(path, 640, 400);
        using var picture = SKBitmap.Decode(path);
        Assert.True(PictureAssert.Inked(picture, new SKRectI(0, 0, 640, 30)) > 100, "The title is missing.");

        var label = chart.Plot.Axes.Bottom.TickLabelStyle.FontName;
        Assert.False(label is "DejaVu Sans");   // an installed font could answer to that
        var typeface = ScottPlot.Fonts.GetTypeface(label, bold: false, italic: false);
        Assert.Equal("DejaVu Sans", typeface.FamilyName);
        Assert.False(typeface.IsBold);
        Assert.True(ScottPlot.Fonts.GetTypeface(label, bold: true, italic: false).IsBold);
    }

    [Fact]
    public void A_log_axis_leaves_out_what_has_no_logarithm()
    {
        var path = _folder.File("log.png");
        new Chart(logarithmicY: true).Curve([1.0, 2, 3, 4, 5], [1, 0, -1, 0.01, 0.001]).SavePng(path);
        PictureAssert.IsDrawn(path, 800, 500);
        var error = Assert.Throws<ArgumentException>(() => new Chart(logarithmicY: true).Curve([1.0, 2], [0, -1], "loss"));
        Assert.Contains("above 0", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Series_that_cannot_be_drawn_are_refused_by_name()
    {
        Assert.Contains("\"data\" is empty", Assert.Throws<ArgumentException>(() => new Chart().Points<double>([], [], "data")).Message,
            StringComparison.Ordinal);
        Assert.Contains("2 x values and 1 y", Assert.Throws<ArgumentException>(() => new Chart().Curve([1.0, 2], [1.0])).Message,
            StringComparison.Ordinal);
        Assert.Contains("no finite value", Assert.Throws<ArgumentException>(() => new Chart().Curve([1.0], [double.NaN])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Chart().Function(x => x, 1, 1));
    }

    [Theory]
    [InlineData(0, 400)]
    [InlineData(640, 63)]
    [InlineData(8193, 400)]
    public void A_bad_size_is_refused(int width, int height) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new Chart().SavePng(_folder.File("x.png"), width, height));

    [Fact]
    public void A_picture_of_no_panels_is_refused() =>
        Assert.Throws<ArgumentException>(() => Panels.SavePng(_folder.File("x.png"), []));
}
