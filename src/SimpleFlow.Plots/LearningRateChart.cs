using System.Globalization;

namespace SimpleFlow.Plots;

/// <summary>A picture of a learning-rate search: the loss over growing learning rates, and the rates that the curve suggests.</summary>
public static class LearningRateChart
{
    /// <summary>Writes the curve as a PNG file, creating its folder if it is missing.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="curve">The result of the search.</param>
    /// <param name="title">The title of the picture; none if null.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <exception cref="ArgumentException">The curve has no points.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public static void SavePng(string path, LearningRateCurve curve, string? title = null, int width = 800, int height = 400)
    {
        ArgumentNullException.ThrowIfNull(curve);
        double[] rates = [.. curve.Rates.Select(rate => Math.Log10(rate))];
        var chart = new Chart(title);
        chart.Curve<double>(rates, [.. curve.Losses.Select(loss => (double)loss)], "loss of the batch", Palette.Sky);
        chart.Curve<double>(rates, [.. curve.Smoothed], "smoothed", Palette.Blue);
        Mark(curve.Steepest, "steepest", Palette.Vermilion);
        Mark(curve.TenthOfLowest, "a tenth of the lowest", Palette.Green);
        // After the loss has exploded, its values would squash the rest of the curve flat.
        var (low, high) = (curve.Smoothed.Min(), curve.Smoothed.Take(Math.Max(1, curve.Smoothed.Count * 3 / 4)).Max());
        var margin = Math.Max(0.1 * (high - low), 1e-6);
        chart.Plot.Axes.SetLimitsY(low - 2 * margin, high + 2 * margin);
        chart.Axes("learning rate, power of ten", "loss").SavePng(path, width, height);

        void Mark(float? rate, string name, ScottPlot.Color color)
        {
            if (rate is not { } found) return;
            var line = chart.Plot.Add.VerticalLine(Math.Log10(found), 2, color, ScottPlot.LinePattern.Dashed);
            line.LegendText = string.Create(CultureInfo.InvariantCulture, $"{name}: {found:G2}");
        }
    }
}
