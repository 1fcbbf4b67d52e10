using System.Numerics;
using ScottPlot;
using ScottPlot.Plottables;

namespace SimpleFlow.Plots;

/// <summary>
/// A chart of points, curves and functions in the house style. Colours follow the order in which series are added. Once a series has a
/// label, a legend appears where the fewest points are.
/// </summary>
/// <example>
/// <code>
/// new Chart("20 hidden units learn x² − 0.5")
///     .Points(x, y, "data")
///     .Curve(xs, drawn, "network")
///     .Axes("x", "y")
///     .SavePng("pictures/fit.png");
/// </code>
/// </example>
public sealed class Chart
{
    private const float LineWidth = 2.5f;
    private readonly bool _logarithmicY;
    private readonly List<Coordinates> _drawn = [];
    private int _series;

    /// <summary>Starts an empty chart.</summary>
    /// <param name="title">The title of the chart; none if null.</param>
    /// <param name="logarithmicY">Whether the y axis is logarithmic; values that are not positive are then left out.</param>
    public Chart(string? title = null, bool logarithmicY = false)
    {
        _logarithmicY = logarithmicY;
        Plot = HouseStyle.NewPlot();
        if (logarithmicY)
            Plot.Axes.Left.TickGenerator = new LogTicks();
        if (title is not null)
            Title(title);
    }

    /// <summary>The ScottPlot plot behind the chart, for anything that this class does not offer. On a logarithmic axis its y is log10 of
    /// the value.</summary>
    public Plot Plot { get; }

    /// <summary>Sets the title; it may have several lines.</summary>
    public Chart Title(string title)
    {
        Plot.Title(title);
        Plot.Axes.Title.IsVisible = true;
        return this;
    }

    /// <summary>Names the axes.</summary>
    public Chart Axes(string x, string y)
    {
        Plot.XLabel(x);
        Plot.YLabel(y);
        return this;
    }

    /// <summary>Adds separate points. NaN and infinite values are left out.</summary>
    /// <exception cref="ArgumentException">The series is empty, has no finite value, or x and y differ in length.</exception>
    public Chart Points<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, string? label = null, Color? color = null)
        where T : INumberBase<T>
    {
        var (xs, ys) = Series.Of(x, y, label, _logarithmicY);
        var kept = Enumerable.Range(0, ys.Length).Where(i => !double.IsNaN(ys[i])).ToArray();
        var points = Plot.Add.ScatterPoints(kept.Select(i => xs[i]).ToArray(), kept.Select(i => ys[i]).ToArray());
        points.MarkerSize = kept.Length <= 300 ? 8 : 5;
        points.Color = (color ?? Palette.Of(_series)).WithAlpha(0.65);   // darker where many points overlap
        return Added(points, kept.Select(i => new Coordinates(xs[i], ys[i])), label);
    }

    /// <summary>Adds a curve: straight lines from point to point, in the given order, with a gap at a NaN or infinite value.</summary>
    /// <param name="markers">Whether to mark each point as well.</param>
    /// <param name="x">The positions along the curve.</param>
    /// <param name="y">The heights, as many as there are positions.</param>
    /// <param name="label">Its name in the legend; no entry if null.</param>
    /// <param name="color">Its colour; the next of <see cref="Palette"/> if null.</param>
    /// <param name="lineWidth">Its width in pixels, for a picture 800 pixels wide. A thick curve stays visible on both sides of a thin one
    /// that covers it.</param>
    /// <exception cref="ArgumentException">The series is empty, has no finite value, or x and y differ in length.</exception>
    public Chart Curve<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, string? label = null, Color? color = null, bool markers = false,
        float lineWidth = LineWidth)
        where T : INumberBase<T>
    {
        var (xs, ys) = Series.Of(x, y, label, _logarithmicY);
        Scatter? first = null;
        foreach (var stretch in Series.Stretches(ys))
        {
            var line = Plot.Add.ScatterLine(xs[stretch], ys[stretch], color ?? Palette.Of(_series));
            line.LineWidth = lineWidth;
            if (markers || line.Data.GetScatterPoints().Count == 1)   // a line of one point would be invisible
                (line.MarkerShape, line.MarkerSize) = (MarkerShape.FilledCircle, 7);
            first ??= line;
        }

        return Added(first!, Series.Along(xs, ys), label);
    }

    /// <summary>Adds the graph of a function between two positions.</summary>
    /// <param name="function">The function.</param>
    /// <param name="from">The position where its graph begins.</param>
    /// <param name="to">The position where its graph ends.</param>
    /// <param name="label">Its name in the legend; no entry if null.</param>
    /// <param name="color">Its colour; the next of <see cref="Palette"/> if null.</param>
    /// <param name="lineWidth">Its width in pixels, for a picture 800 pixels wide. A thick curve stays visible on both sides of a thin one
    /// that covers it.</param>
    /// <exception cref="ArgumentException">The function has no finite value there, or <paramref name="from"/>
    /// is not below <paramref name="to"/>.</exception>
    public Chart Function(Func<double, double> function, double from, double to, string? label = null, Color? color = null,
        float lineWidth = LineWidth)
    {
        ArgumentNullException.ThrowIfNull(function);
        if (!(from < to) || !double.IsFinite(to - from))
            throw new ArgumentException($"A function is drawn from a smaller to a larger position, not from {from} to {to}.", nameof(to));
        const int pieces = 400;   // two pixels each
        var xs = Enumerable.Range(0, pieces + 1).Select(i => from + ((to - from) * i / pieces)).ToArray();
        return Curve<double>(xs, xs.Select(function).ToArray(), label, color, lineWidth: lineWidth);
    }

    /// <summary>Writes the chart as a PNG file, creating its folder if it is missing. Text grows with widths above 800.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public void SavePng(string path, int width = 800, int height = 500) => Panels.SavePng(path, [this], width, height);

    private Chart Added(Scatter series, IEnumerable<Coordinates> drawn, string? label)
    {
        _series++;
        _drawn.AddRange(drawn);
        if (_logarithmicY)
        {
            var (min, max) = LogTicks.Limits(_drawn.Min(p => p.Y), _drawn.Max(p => p.Y));
            Plot.Axes.AutoScaleX();
            Plot.Axes.SetLimitsY(min, max);
        }

        if (label is not null)
            (series.LegendText, Plot.Legend.IsVisible) = (label, true);
        Plot.Legend.Alignment = LegendPlace.Emptiest(_drawn);
        return this;
    }
}
