using System.Numerics.Tensors;
using ScottPlot;
using SkiaSharp;

namespace SimpleFlow.Plots;

/// <summary>Draws the decision regions of a classifier of points in the plane: each class in its colour, stronger where the classifier is
/// surer, with the points it was trained on.</summary>
public static class DecisionRegions
{
    private const int Pixels = 220;

    /// <summary>Draws the regions into a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="scores">Returns the scores or logits [n, classes] of points [n, 2]; softmax is applied to them. A single column is the
    /// logit of class 1 of two.</param>
    /// <param name="points">The points to draw, [n, 2].</param>
    /// <param name="labels">The class of each point, from 0.</param>
    /// <param name="title">The title of the picture.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <exception cref="ArgumentException">There are no points, they are not pairs, or points and labels differ in number.</exception>
    /// <exception cref="DataException">A score is NaN or +∞; the message names its row.</exception>
    public static void SavePng(string path, Func<float[,], Tensor<float>> scores, float[,] points, IReadOnlyList<int> labels,
        string? title = null, int width = 640, int height = 560)
    {
        ArgumentNullException.ThrowIfNull(scores);
        ArgumentNullException.ThrowIfNull(points);
        ArgumentNullException.ThrowIfNull(labels);
        var count = points.GetLength(0);
        if (count == 0 || points.GetLength(1) != 2)
            throw new ArgumentException(
                $"The points have the shape [{count}, {points.GetLength(1)}]; they must be pairs, [n, 2].", nameof(points));
        if (labels.Count != count)
            throw new ArgumentException(
                $"Each point needs a label: there are {NumberText.Count(count, "point")} and {NumberText.Count(labels.Count, "label")}.",
                nameof(labels));

        var (left, right) = Range(points, 0);
        var (bottom, top) = Range(points, 1);
        var chart = new Chart(title).Axes("x", "y");
        using var image = Regions(scores, left, right, bottom, top);
        chart.Plot.Add.ImageRect(new Image(image), new CoordinateRect(left, right, bottom, top));
        foreach (var group in Enumerable.Range(0, count).GroupBy(i => labels[i]).OrderBy(group => group.Key))
        {
            var members = group.ToArray();
            var dots = chart.Plot.Add.ScatterPoints(members.Select(i => (double)points[i, 0]).ToArray(),
                members.Select(i => (double)points[i, 1]).ToArray());
            (dots.Color, dots.MarkerSize, dots.LegendText) = (Palette.Of(group.Key), 7, $"class {group.Key}");
            (dots.MarkerStyle.OutlineColor, dots.MarkerStyle.OutlineWidth) = (Colors.White, 1);
        }
        chart.Plot.Legend.IsVisible = true;
        chart.Plot.Axes.SetLimits(left, right, bottom, top);
        chart.SavePng(path, width, height);
    }

    private static SKBitmap Regions(Func<float[,], Tensor<float>> scores, double left, double right, double bottom, double top)
    {
        var grid = new float[Pixels * Pixels, 2];
        for (var i = 0; i < Pixels * Pixels; i++)
        {
            grid[i, 0] = (float)(left + (right - left) * (i % Pixels + 0.5) / Pixels);
            grid[i, 1] = (float)(top - (top - bottom) * (i / Pixels + 0.5) / Pixels);
        }
        var said = scores(grid);
        if (said.Rank != 2 || said.Lengths[0] != Pixels * Pixels)
            throw new ArgumentException(
                $"The scores for {Pixels * Pixels} points have the shape [{string.Join(", ", said.Lengths.ToArray())}]; it must be "
                    + $"[{Pixels * Pixels}, classes].", nameof(scores));
        var classes = (int)said.Lengths[1];
        var values = new float[said.FlattenedLength];
        said.FlattenTo(values);
        var image = new SKBitmap(Pixels, Pixels);
        for (var i = 0; i < Pixels * Pixels; i++)
        {
            var row = values.AsSpan(i * classes, classes);
            var shares = Probabilities.Of(row, i);
            var best = TensorPrimitives.IndexOfMax(shares);
            // From white where the classifier is undecided to half the colour where it is sure.
            var strength = 0.55 * (shares[best] - 1.0 / shares.Length) / (1 - 1.0 / shares.Length);
            var color = Palette.Of(best);
            byte Mixed(byte part) => (byte)Math.Round(255 + (part - 255) * Math.Max(0.05, strength));
            image.SetPixel(i % Pixels, i / Pixels, new SKColor(Mixed(color.R), Mixed(color.G), Mixed(color.B)));
        }
        return image;
    }

    private static (double From, double To) Range(float[,] points, int column)
    {
        var values = Enumerable.Range(0, points.GetLength(0)).Select(i => (double)points[i, column]).ToList();
        var margin = Math.Max(1e-6, 0.1 * (values.Max() - values.Min()));
        return (values.Min() - margin, values.Max() + margin);
    }
}
