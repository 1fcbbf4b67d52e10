using ScottPlot;

namespace SimpleFlow.Plots;

/// <summary>A picture of a training run: the loss above and, if given, the accuracy in percent below.</summary>
/// <param name="loss">The training loss, at least one value.</param>
/// <example><code>new LearningCurves(losses) { ValidationLoss = validationLosses, Title = "digits"
/// }.SavePng("pictures/run.png");</code></example>
public sealed class LearningCurves(IReadOnlyList<double> loss)
{
    private const int MarkedPoints = 30;   // up to this many epochs, each gets its own mark
    private readonly IReadOnlyList<double> _loss = loss ?? throw new ArgumentNullException(nameof(loss));

    /// <summary>The training accuracy, each from 0 to 1; null if it was not measured.</summary>
    public IReadOnlyList<double>? Accuracy { get; init; }

    /// <summary>The loss on data not trained on; null if it was not measured.</summary>
    public IReadOnlyList<double>? ValidationLoss { get; init; }

    /// <summary>The accuracy on data not trained on, each from 0 to 1; null if it was not measured.</summary>
    public IReadOnlyList<double>? ValidationAccuracy { get; init; }

    /// <summary>The legend's name for the data not trained on. Use "test" if these data did not influence any choice.</summary>
    public string ValidationName { get; init; } = "validation";

    /// <summary>The title of the picture; none if null.</summary>
    public string? Title { get; init; }

    /// <summary>Whether the loss has a logarithmic axis, for losses that fall by powers of ten.</summary>
    public bool LogarithmicLoss { get; init; }

    /// <summary>What the x axis counts.</summary>
    public string Unit { get; init; } = "epoch";

    /// <summary>
    /// Writes the curves as a PNG file, creating its folder if it is missing. Values are counted from 1 along the x axis. A series with
    /// fewer values than the longest is stretched over the same span, so a loss per step can be combined with an accuracy per epoch. A NaN
    /// or an infinity leaves a gap.
    /// </summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">Its height in pixels; 0 means 400, or 640 with an accuracy.</param>
    /// <exception cref="ArgumentException">A series is empty or has no value that can be drawn, or an accuracy is not from 0 to
    /// 1.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public void SavePng(string path, int width = 800, int height = 0)
    {
        var longest = new[] { _loss, Accuracy, ValidationLoss, ValidationAccuracy }.Max(series => series?.Count ?? 0);

        var upper = new Chart(Title, LogarithmicLoss);
        Add(upper, _loss, longest, "training loss", Palette.Blue);
        Add(upper, ValidationLoss, longest, $"{ValidationName} loss", Palette.Vermilion);
        if (Accuracy is null && ValidationAccuracy is null)
        {
            Finish(upper.Axes(Unit, "loss"), longest);
            upper.SavePng(path, width, height == 0 ? 400 : height);
            return;
        }

        var lower = new Chart();
        Add(lower, Percent(Accuracy, nameof(Accuracy)), longest, "training accuracy", Palette.Blue);
        Add(lower, Percent(ValidationAccuracy, nameof(ValidationAccuracy)), longest, $"{ValidationName} accuracy", Palette.Vermilion);
        KeepBelowHundred(lower.Plot);
        Finish(upper.Axes("", "loss"), longest);
        Finish(lower.Axes(Unit, "accuracy (%)"), longest);
        Panels.SavePng(path, [upper, lower], width, height == 0 ? 640 : height);
    }

    private static void Add(Chart chart, IReadOnlyList<double>? values, int longest, string label, Color color)
    {
        if (values is null)
            return;
        var positions = Enumerable.Range(1, values.Count).Select(i => (double)i * longest / values.Count).ToArray();
        chart.Curve<double>(positions, values.ToArray(), label, color, markers: values.Count <= MarkedPoints);
    }

    private static double[]? Percent(IReadOnlyList<double>? fractions, string name)
    {
        foreach (var value in fractions ?? [])
        {
            if (value is < 0 or > 1)
                throw new ArgumentException($"An accuracy is a fraction from 0 to 1, but {name} has the value {value}.", name);
        }

        return fractions?.Select(value => 100 * value).ToArray();
    }

    // A margin above 100 % would suggest accuracies that do not exist.
    private static void KeepBelowHundred(Plot plot)
    {
        plot.Axes.AutoScale();
        var limits = plot.Axes.GetLimits();
        plot.Axes.SetLimitsY(Math.Max(limits.Bottom, -2), Math.Min(limits.Top, 100 + (0.03 * limits.VerticalSpan)));
    }

    private static void Finish(Chart chart, int longest)
    {
        chart.Plot.Axes.SetLimitsX(Math.Min(1, longest) - (0.03 * longest), longest + (0.03 * longest));
        var ticks = HouseStyle.Ticks();
        ticks.IntegerTicksOnly = true;
        chart.Plot.Axes.Bottom.TickGenerator = ticks;
    }
}
