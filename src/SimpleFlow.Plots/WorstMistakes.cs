using System.Numerics.Tensors;
using ScottPlot;
using SkiaSharp;

namespace SimpleFlow.Plots;

/// <summary>Shows the images that a classifier got wrong with the most confidence. Often the label or the handwriting is doubtful,
/// too.</summary>
public static class WorstMistakes
{
    /// <summary>Draws the examples whose true class got the lowest probability, the worst first, into a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="pixels">The images, [n, rows · columns] or [n, rows, columns]; the largest value is drawn black.</param>
    /// <param name="rows">The height of an image.</param>
    /// <param name="columns">The width of an image.</param>
    /// <param name="labels">The class of each image, from 0.</param>
    /// <param name="scores">The scores or logits [n, classes], to which softmax is applied; a single column is the logit of class 1 of
    /// two.</param>
    /// <param name="count">The maximum number of examples to show.</param>
    /// <param name="title">The title of the picture.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <returns>The numbers of the examples shown.</returns>
    /// <exception cref="ArgumentException">Images, labels and scores differ in number, or the images have a different number of
    /// pixels.</exception>
    /// <exception cref="DataException">A score is NaN or +∞; the message names its row.</exception>
    public static IReadOnlyList<int> SavePng(
        string path, DataArray pixels, int rows, int columns, IReadOnlyList<int> labels, Tensor<float> scores, int count = 12,
        string? title = null, int width = 800, int height = 520)
    {
        ArgumentNullException.ThrowIfNull(pixels);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(scores);
        if (pixels.Rows != labels.Count || pixels.Count != (long)labels.Count * rows * columns)
            throw new ArgumentException(
                $"The images have the shape [{string.Join(", ", pixels.Dimensions.ToArray())}]; it "
                    + $"must be [{labels.Count}, {rows * columns}].",
                nameof(pixels));
        if (scores.Rank != 2 || scores.Lengths[0] != labels.Count)
            throw new ArgumentException(
                $"The scores have the shape [{string.Join(", ", scores.Lengths.ToArray())}]; it "
                    + $"must be [{labels.Count}, classes].", nameof(scores));

        var (flat, classes) = (new float[scores.FlattenedLength], (int)scores.Lengths[1]);
        scores.FlattenTo(flat);
        var wrong = Enumerable.Range(0, labels.Count).Select(i => Judge(i, labels[i], flat.AsSpan(i * classes, classes)))
            .Where(mistake => mistake.Said != mistake.Label).OrderBy(mistake => mistake.Share).ThenBy(mistake => mistake.Example)
            .Take(count).ToList();
        var across = Math.Max(1, (int)Math.Ceiling(Math.Sqrt(wrong.Count * 1.5)));
        var down = Math.Max(1, (wrong.Count + across - 1) / across);
        var chart = new Chart(title);
        var shown = new float[wrong.Count * rows * columns];
        pixels.GatherRows([.. wrong.Select(mistake => mistake.Example)], shown);
        var largest = Math.Max(1e-9f, shown.DefaultIfEmpty().Max());
        foreach (var (place, mistake) in wrong.Index())
        {
            using var image = new SKBitmap(columns, rows);
            for (var pixel = 0; pixel < rows * columns; pixel++)
            {
                var grey = (byte)Math.Clamp(255 - 255 * shown[place * rows * columns + pixel] / largest, 0, 255);
                image.SetPixel(pixel % columns, pixel / columns, new SKColor(grey, grey, grey));
            }
            var (x, y) = (place % across, down - 1 - place / across);
            chart.Plot.Add.ImageRect(new Image(image), new CoordinateRect(x + 0.12, x + 0.88, y + 0.2, y + 0.96));
            var text = chart.Plot.Add.Text($"says {mistake.Said} ({mistake.Sure:P0}), is {mistake.Label}", x + 0.5, y + 0.1);
            (text.LabelFontSize, text.LabelAlignment, text.LabelFontColor, text.LabelFontName) = (13, Alignment.MiddleCenter, Palette.Ink,
                EmbeddedFont.Name);
        }
        chart.Plot.HideGrid();
        chart.Plot.Axes.Left.IsVisible = chart.Plot.Axes.Bottom.IsVisible = false;
        chart.Plot.Axes.SetLimits(0, across, 0, down);
        chart.SavePng(path, width, height);
        return [.. wrong.Select(mistake => mistake.Example)];
    }

    private static (int Example, int Label, int Said, double Sure, double Share) Judge(int example, int label, ReadOnlySpan<float> scores)
    {
        var shares = Probabilities.Of(scores, example);
        if ((uint)label >= (uint)shares.Length)
            throw new ArgumentException($"Example {example} is of class {label}, but there are {shares.Length} classes.", nameof(label));
        var best = TensorPrimitives.IndexOfMax(shares);
        return (example, label, best, shares[best], shares[label]);
    }
}
