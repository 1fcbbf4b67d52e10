using System.Numerics.Tensors;
using ScottPlot;
using ScottPlot.Colormaps;

namespace SimpleFlow.Plots;

/// <summary>Draws the weights of a layer on images, each unit's as an image: positive weights in one colour, negative ones in
/// another.</summary>
public static class WeightImages
{
    /// <summary>Draws the weights of the first units into a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="weights">[inputs, units]; the inputs are the pixels of an image, row by row.</param>
    /// <param name="rows">The image's height.</param>
    /// <param name="columns">The image's width.</param>
    /// <param name="units">The maximum number of units to show.</param>
    /// <param name="title">The title of the picture.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <exception cref="ArgumentException">The weights are not a matrix, or the number of inputs differs from the number of
    /// pixels.</exception>
    public static void SavePng(string path, Tensor<float> weights, int rows, int columns, int units = 32, string? title = null,
        int width = 800, int height = 460)
    {
        ArgumentNullException.ThrowIfNull(weights);
        if (weights.Rank != 2 || weights.Lengths[0] != rows * columns)
            throw new ArgumentException(
                $"The weights have the shape [{string.Join(", ", weights.Lengths.ToArray())}]; it must be [{rows * columns}, units] for "
                    + $"images of {rows} × {columns} pixels.", nameof(weights));
        ArgumentOutOfRangeException.ThrowIfLessThan(units, 1);
        units = Math.Min(units, (int)weights.Lengths[1]);
        var across = Math.Min(units, (int)Math.Ceiling(Math.Sqrt(units * 2.0)));
        var down = (units + across - 1) / across;

        // One map with white lines between the images.
        var map = new double[down * (rows + 1) - 1, across * (columns + 1) - 1];
        for (var i = 0; i < map.GetLength(0); i++)
        {
            for (var j = 0; j < map.GetLength(1); j++)
            {
                var (unit, row, column) = (i / (rows + 1) * across + j / (columns + 1), i % (rows + 1), j % (columns + 1));
                map[i, j] = unit < units && row < rows && column < columns ? weights[row * columns + column, unit] : double.NaN;
            }
        }
        // A few extreme weights would make all others pale.
        var magnitudes = map.Cast<double>().Where(double.IsFinite).Select(Math.Abs).Order().ToArray();
        var largest = Math.Max(1e-9, magnitudes[(int)(0.995 * (magnitudes.Length - 1))]);
        var chart = new Chart(title);
        var heat = chart.Plot.Add.Heatmap(map);
        (heat.Colormap, heat.ManualRange, heat.NaNCellColor) = (new Balance(), new ScottPlot.Range(-largest, largest), Colors.White);
        var bar = chart.Plot.Add.ColorBar(heat);
        bar.Axis.TickLabelStyle.FontSize = 13;
        chart.Plot.HideGrid();
        chart.Plot.Axes.Left.IsVisible = chart.Plot.Axes.Bottom.IsVisible = false;
        chart.Plot.Axes.SquareUnits();
        chart.SavePng(path, width, height);
    }
}
