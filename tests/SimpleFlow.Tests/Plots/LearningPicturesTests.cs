using System.Numerics.Tensors;
using SimpleFlow.Plots;
using SkiaSharp;

namespace SimpleFlow.Tests.Plots;

/// <summary>The pictures of learning show what they are given, at its place.</summary>
public sealed class LearningPicturesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory().FullName;

    private string Picture => Path.Combine(_folder, "picture.png");

    [Fact]
    public void A_loss_surface_is_dark_at_its_bottom_and_shows_the_ways()
    {
        new LossSurface((a, b) => (a - 1) * (a - 1) + b * b, (-2, 2), (-2, 2)).SavePng(Picture);
        using var plain = SKBitmap.Decode(Picture);
        var (bottom, rim) = (At(plain, 0.75, 0.5), At(plain, 0.1, 0.1));
        Assert.True(Light(bottom) < 0.4 * Light(rim), $"{bottom} {rim}");
        new LossSurface((a, b) => (a - 1) * (a - 1) + b * b, (-2, 2), (-2, 2)).Path("way", [(-1, 0), (1, 0)]).SavePng(Picture);
        using var withWay = SKBitmap.Decode(Picture);
        Assert.True(Light(At(withWay, 0.5, 0.5)) > Light(At(plain, 0.5, 0.5)));
    }

    [Fact]
    public void A_way_is_the_optimizers_own()
    {
        var path = DescentPath.Of((x, y) => x * x + y * y, (1, 2), new GradientDescent(0.25f, 0), steps: 3);
        Assert.Equal([(1, 2), (0.5, 1), (0.25, 0.5), (0.125, 0.25)], path);
        Assert.True(DescentPath.Of((x, y) => x * x + y * y, (1, 2), new GradientDescent(1e10f, 0), steps: 9).Count < 9);
    }

    [Fact]
    public void A_surface_with_ways_is_animated()
    {
        var surface = new LossSurface((a, b) => a * a + b * b, (-1, 1), (-1, 1));
        Assert.Throws<InvalidOperationException>(() => surface.SaveAnimation(Picture));
        surface.Path("way", [(0, 0), (0.5, 0.5), (1, 1)]).SaveAnimation(Picture, width: 200, height: 160);
        Assert.Equal(3, new ApngFile(Picture).Delays.Length);
    }

    [Fact]
    public void Regions_have_the_colour_of_the_class_that_is_said()
    {
        float[,] points = { { -1, 0 }, { 1, 0 }, { 0, 1 }, { 0, -1 } };
        DecisionRegions.SavePng(Picture, grid => Scores(grid.GetLength(0), i => [-20 * grid[i, 0], 20 * grid[i, 0]]), points, [0, 1, 0, 1]);
        using var picture = SKBitmap.Decode(Picture);
        var (left, right) = (At(picture, 0.25, 0.3), At(picture, 0.75, 0.3));
        Assert.True(left.Blue > left.Red, $"{left}");                                  // class 0 is blue
        Assert.True(right.Red > right.Blue, $"{right}");                               // class 1 is vermilion
    }

    [Fact]
    public void Weights_are_red_where_positive_and_blue_where_negative()
    {
        var weights = Tensor.Create<float>([.. Enumerable.Range(0, 16).Select(i => i % 4 < 2 ? 1f : -1f)], [16, 1]);
        WeightImages.SavePng(Picture, weights, 4, 4);
        using var picture = SKBitmap.Decode(Picture);
        Assert.Contains(Pixels(picture), pixel => pixel.Red > pixel.Blue + 40);
        Assert.Contains(Pixels(picture), pixel => pixel.Blue > pixel.Red + 40);
    }

    [Fact]
    public void A_confusion_matrix_counts()
    {
        var matrix = new ConfusionMatrix([0, 1, 1, 2, 0], [0, 1, 2, 2, 1], classes: 3);
        Assert.Equal([1, 1, 1, 1, 1], [matrix[0, 0], matrix[1, 1], matrix[2, 1], matrix[2, 2], matrix[1, 0]]);
        Assert.Equal(0.6, matrix.Accuracy, 1e-12);
        matrix.SavePng(Picture);
        using var picture = SKBitmap.Decode(Picture);
        var (right, wrong) = (At(picture, 1.5 / 6 - 0.1, 0.1), At(picture, 0.35, 0.75));
        Assert.True(right.Blue > 240 && wrong.Blue < 200, $"{right} {wrong}");         // right answers stay white, a mistake is shaded
    }

    [Fact]
    public void The_worst_mistake_comes_first()
    {
        var scores = Scores(4, i => i switch { 0 => [5, 0], 1 => [0, 9], 2 => [1, 0], _ => [0, 3] });
        Assert.Equal([1, 2], WorstMistakes.SavePng(Picture, new float[4, 4], 2, 2, [0, 0, 1, 1], scores));
        PictureAssert.IsDrawn(Picture, 800, 520);
    }

    [Fact]
    public void Histograms_show_a_dead_layer_and_count_moments()
    {
        var x = new Placeholder("x", [null, 2]);
        var alive = (x.MatMul(new Variable("w", [2, 2], Initializer.Constant(1f)))).Relu("alive");
        var dead = (alive - 100f).Relu("dead");
        var histograms = new LayerHistograms((dead + alive).Sum(), [alive, dead]);
        Assert.Throws<InvalidOperationException>(() => histograms.SavePng(Picture));
        for (var i = 0; i < 3; i++) histograms.Record(new Feed { [x] = new float[,] { { 1, 2 }, { 3, 4 } } });
        Assert.Equal(3, histograms.Moments);
        histograms.SavePng(Picture);
        PictureAssert.IsDrawn(Picture, 800, 860);
    }

    [Fact]
    public void A_fit_comes_with_its_residuals_in_any_order()
    {
        FitAndResiduals.SavePng(Picture, [2, 0, 1], [4, 0, 1], [4, 0, 2]);
        PictureAssert.IsDrawn(Picture, 800, 640);
    }

    [Fact]
    public void What_does_not_fit_is_refused()
    {
        Assert.Throws<ArgumentException>(() => new LossSurface((a, b) => a, (1, 1), (0, 1)));
        Assert.Throws<ArgumentException>(() => new LossSurface((a, b) => Math.Log(a), (-1, 1), (0, 1)));
        Assert.Throws<ArgumentException>(() => new LossSurface((a, b) => a, (0, 1), (0, 1)).Path("none", []));
        Assert.Throws<ArgumentException>(() => DecisionRegions.SavePng(Picture, grid => Scores(1, _ => [0, 1]), new float[2, 3], [0, 1]));
        Assert.Throws<ArgumentException>(() => DecisionRegions.SavePng(Picture, grid => Scores(1, _ => [0, 1]), new float[2, 2], [0]));
        Assert.Throws<ArgumentException>(() => WeightImages.SavePng(Picture, Tensor.Create<float>(new float[6], [6, 1]), 2, 2));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix([0], [0, 1], 2));
        Assert.Throws<ArgumentException>(() => new ConfusionMatrix([2], [0], 2));
        Assert.Throws<ArgumentException>(() => WorstMistakes.SavePng(Picture, new float[4, 3], 2, 2, [0, 0, 1, 1], Scores(4, _ => [0, 1])));
        Assert.Throws<ArgumentException>(() => new LayerHistograms(new Variable("w", []), []));
        Assert.Throws<ArgumentException>(() => FitAndResiduals.SavePng(Picture, [1], [1, 2], [1]));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Tensor<float> Scores(int rows, Func<int, float[]> row) =>
        Tensor.Create<float>([.. Enumerable.Range(0, rows).SelectMany(row)], [rows, row(0).Length]);

    // A place within the axes of a picture in the house style.
    private static SKColor At(SKBitmap picture, double x, double y) =>
        picture.GetPixel((int)(80 + x * (picture.Width - 104)), (int)(50 + y * (picture.Height - 106)));

    private static double Light(SKColor color) => 0.2126 * color.Red + 0.7152 * color.Green + 0.0722 * color.Blue;

    private static SKColor[] Pixels(SKBitmap picture) => picture.Pixels;
}
