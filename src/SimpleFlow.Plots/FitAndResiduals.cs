namespace SimpleFlow.Plots;

/// <summary>Draws points with a model's predictions, and the residuals below. Residuals without a pattern mean that the model has captured
/// everything.</summary>
public static class FitAndResiduals
{
    /// <summary>Writes both charts to a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="x">The x coordinates of the points.</param>
    /// <param name="y">The y coordinates of the points.</param>
    /// <param name="fitted">The model's prediction at each point.</param>
    /// <param name="title">The title of the picture.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="xName">The name of the horizontal axis.</param>
    /// <param name="yName">The name of the vertical axis of the upper chart.</param>
    /// <exception cref="ArgumentException">The three differ in length, or are empty.</exception>
    public static void SavePng(string path, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> fitted, string? title = null,
        int width = 800, int height = 640, string xName = "x", string yName = "y")
    {
        if (x.Length == 0 || x.Length != y.Length || x.Length != fitted.Length)
            throw new ArgumentException(
                $"x, y and the fitted values differ in length: {NumberText.Count(x.Length, "x value")}, "
                    + $"{NumberText.Count(y.Length, "y value")} and {NumberText.Count(fitted.Length, "fitted value")}.", nameof(fitted));
        var order = Enumerable.Range(0, x.Length).ToArray();
        Array.Sort(x.ToArray(), order);
        float[] Ordered(ReadOnlySpan<float> values)
        {
            var sorted = new float[order.Length];
            for (var i = 0; i < order.Length; i++) sorted[i] = values[order[i]];
            return sorted;
        }
        var (xs, ys, said) = (Ordered(x), Ordered(y), Ordered(fitted));
        var residuals = ys.Zip(said, (actual, answer) => actual - answer).ToArray();
        var fit = new Chart(title).Points<float>(xs, ys, "data", Palette.Sky).Curve<float>(xs, said, "model", Palette.Vermilion).Axes("",
            yName);
        var rest = new Chart().Points<float>(xs, residuals, color: Palette.Ink).Axes(xName, "residual");
        rest.Plot.Add.HorizontalLine(0, 1, Palette.Grey);
        Panels.SavePng(path, [fit, rest], width, height);
    }
}
