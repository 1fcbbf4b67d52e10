namespace SimpleFlow.Plots;

/// <summary>Points with what a model says of them, and below what is left: residuals without a pattern
/// say that the model has seen it all.</summary>
public static class FitAndResiduals
{
    /// <summary>Draws both into a PNG file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="x">Where the points are.</param>
    /// <param name="y">How high they are.</param>
    /// <param name="fitted">What the model says at each.</param>
    /// <param name="title">The line above the picture.</param>
    /// <param name="width">Its width in pixels.</param>
    /// <param name="height">Its height in pixels.</param>
    /// <param name="xName">What the horizontal axis is called.</param>
    /// <param name="yName">What the vertical axis of the upper chart is called.</param>
    /// <exception cref="ArgumentException">The three differ in number, or there are none.</exception>
    public static void SavePng(string path, ReadOnlySpan<float> x, ReadOnlySpan<float> y, ReadOnlySpan<float> fitted, string? title = null,
        int width = 800, int height = 640, string xName = "x", string yName = "y")
    {
        if (x.Length == 0 || x.Length != y.Length || x.Length != fitted.Length)
            throw new ArgumentException(
                $"Each place needs a point and an answer: there are {NumberText.Count(x.Length, "place")}, "
                    + $"{NumberText.Count(y.Length, "point")} and {NumberText.Count(fitted.Length, "answer")}.", nameof(fitted));
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
