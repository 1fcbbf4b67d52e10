using ScottPlot;
using ScottPlot.Colormaps;

namespace SimpleFlow.Plots;

/// <summary>A map of a loss over two parameters, dark where it is low, with the paths of optimizers on it.</summary>
/// <example>
/// <code>
/// static Node Valley(Variable a, Variable b) =&gt; a * a + 10f * b * b;
/// new LossSurface((a, b) =&gt; a * a + 10 * b * b, (-2, 2), (-1, 1))
///     .Path("descent", DescentPath.Of(Valley, (-1.8f, 0.8f), new GradientDescent(0.05f), steps: 40))
///     .SavePng("pictures/valley.png");
/// </code>
/// </example>
public sealed class LossSurface
{
    private const int Cells = 240;
    private static readonly TimeSpan FrameDelay = TimeSpan.FromMilliseconds(120);
    private readonly double[,] _heights = new double[Cells, Cells];
    private readonly CoordinateRect _area;
    private readonly List<(string Name, IReadOnlyList<(double X, double Y)> Points)> _paths = [];
    private readonly string _title, _xName, _yName;

    /// <summary>Computes the map. It shows the logarithm of how far the loss is above its minimum there, so that both a narrow valley floor
    /// and the slopes are visible.</summary>
    /// <param name="loss">The loss for two parameters.</param>
    /// <param name="x">The range of the first parameter.</param>
    /// <param name="y">The range of the second parameter.</param>
    /// <param name="title">The title of the map.</param>
    /// <param name="xName">The name of the first parameter.</param>
    /// <param name="yName">The name of the second parameter.</param>
    /// <param name="cancellation">Cancels before the next row.</param>
    /// <exception cref="ArgumentException">A range is empty, or the loss is not finite somewhere in it.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public LossSurface(Func<double, double, double> loss, (double From, double To) x, (double From, double To) y, string title = "Loss",
        string xName = "a", string yName = "b", CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        if (!(x.From < x.To))
            throw new ArgumentException(
                $"The first parameter must go from a smaller to a larger value, not from {x.From} to {x.To}.", nameof(x));
        if (!(y.From < y.To))
            throw new ArgumentException(
                $"The second parameter must go from a smaller to a larger value, not from {y.From} to {y.To}.", nameof(y));
        (_title, _xName, _yName) = (title, xName, yName);
        _area = new CoordinateRect(x.From, x.To, y.From, y.To);
        var lowest = double.PositiveInfinity;
        for (var row = 0; row < Cells; row++)
        {
            cancellation.ThrowIfCancellationRequested();
            for (var column = 0; column < Cells; column++)
            {
                var (a, b) = (x.From + (x.To - x.From) * (column + 0.5) / Cells, y.To - (y.To - y.From) * (row + 0.5) / Cells);
                var height = _heights[row, column] = loss(a, b);
                if (!double.IsFinite(height)) throw new ArgumentException($"The loss at ({a:G4}, {b:G4}) is {height}.", nameof(loss));
                lowest = Math.Min(lowest, height);
            }
        }
        var scale = _heights.Cast<double>().Average() - lowest;
        for (var row = 0; row < Cells; row++)
        {
            for (var column = 0; column < Cells;
            column++)
                _heights[row, column] = Math.Log(1e-3 + (scale == 0 ? 0 : (_heights[row, column] - lowest) / scale));
        }
    }

    /// <summary>Adds the path of an optimizer, beginning at its start.</summary>
    /// <exception cref="ArgumentException">There are no points, or one is not finite.</exception>
    public LossSurface Path(string name, IReadOnlyList<(double X, double Y)> points)
    {
        ArgumentNullException.ThrowIfNull(points);
        if (points.Count == 0 || points.Any(point => !double.IsFinite(point.X + point.Y)))
            throw new ArgumentException($"The path of {name} has no points, or one that is not finite.", nameof(points));
        _paths.Add((name, points));
        return this;
    }

    /// <summary>Writes the map with all paths as a PNG file.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    public void SavePng(string path, int width = 800, int height = 560) => Drawn(int.MaxValue).SavePng(path, width, height);

    /// <summary>Writes an animated PNG in which all paths grow at the same time: one step per frame, or several if there are
    /// many.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">The picture's height in pixels.</param>
    /// <param name="frames">The maximum number of frames.</param>
    /// <param name="cancellation">Cancels before the next frame.</param>
    /// <exception cref="InvalidOperationException">There are no paths.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; no file is written.</exception>
    public void SaveAnimation(string path, int width = 640, int height = 450, int frames = 30, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(frames, 1);
        if (_paths.Count == 0) throw new InvalidOperationException("There are no paths to animate: call Path first.");
        var longest = _paths.Max(way => way.Points.Count);
        var animation = new Animation(width, height);
        for (var frame = 1; frame <= Math.Min(frames, longest); frame++)
        {
            cancellation.ThrowIfCancellationRequested();
            animation.Add(Drawn((longest * frame + Math.Min(frames, longest) - 1) / Math.Min(frames, longest)), FrameDelay);
        }
        animation.Save(path);
    }

    private Chart Drawn(int steps)
    {
        var chart = new Chart(_title).Axes(_xName, _yName);
        var map = chart.Plot.Add.Heatmap(_heights);
        // A heat map is positioned by the centres of its cells.
        var (halfWidth, halfHeight) = (_area.Width / Cells / 2, _area.Height / Cells / 2);
        (map.Extent, map.Smooth, map.Colormap) = (new CoordinateRect(_area.Left + halfWidth, _area.Right - halfWidth,
            _area.Bottom + halfHeight, _area.Top - halfHeight), true, new Viridis());
        foreach (var (index, (name, points)) in _paths.Index())
        {
            var shown = points.Take(steps).ToList();
            var line = chart.Plot.Add.Scatter(shown.Select(point => point.X).ToArray(), shown.Select(point => point.Y).ToArray());
            (line.Color, line.LineWidth, line.MarkerSize, line.LegendText) = (Light[index % Light.Length], 2.2f, 5, name);
            var head = chart.Plot.Add.Marker(shown[^1].X, shown[^1].Y, MarkerShape.FilledCircle, 11, Light[index % Light.Length]);
            (head.MarkerStyle.OutlineColor, head.MarkerStyle.OutlineWidth) = (Palette.Ink, 1.2f);
        }
        chart.Plot.Legend.IsVisible = _paths.Count > 0;
        chart.Plot.Legend.Alignment = Alignment.UpperRight;
        chart.Plot.Axes.SetLimits(_area.Left, _area.Right, _area.Bottom, _area.Top);
        return chart;
    }

    // Visible on every shade of the map.
    private static readonly Color[] Light = [Colors.White, Palette.Vermilion, new Color("#FFD21F"), new Color("#FF8AD8"), Palette.Sky,
        new Color("#B8FF6A"), Palette.Orange];
}
