using System.Globalization;
using ScottPlot;

namespace SimpleFlow.Plots;

/// <summary>
/// Gradient descent on a function of one variable, as an animated PNG. It shows the curve, the path so far, and at the current position the
/// tangent, whose slope is the derivative that the next step follows downhill.
/// </summary>
/// <example>
/// <code>
/// var xs = new List&lt;double&gt; { 3 };
/// for (var step = 0; step &lt; 20; step++)
///     xs.Add(xs[^1] - 0.1 * (2 * xs[^1]));
/// DescentAnimation.Save("pictures/descent.png", x => x * x, x => 2 * x, xs, "f(x) = x²");
/// </code>
/// </example>
public static class DescentAnimation
{
    private static readonly TimeSpan FrameDelay = TimeSpan.FromMilliseconds(400);

    /// <summary>Writes one frame for each position, creating the file's folder if it is missing.</summary>
    /// <param name="path">The file to write.</param>
    /// <param name="function">The function to minimize.</param>
    /// <param name="derivative">Its derivative: the slope of the tangent.</param>
    /// <param name="positions">The positions in the order of the steps, the start first. They are drawn as given; nothing is computed from
    /// them.</param>
    /// <param name="formula">The function as text, for the title.</param>
    /// <param name="width">The picture's width in pixels.</param>
    /// <param name="height">The picture's height in pixels.</param>
    /// <param name="cancellation">Cancels before the next frame.</param>
    /// <exception cref="ArgumentException">There are no positions, or the function or its slope is not finite at one of them.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A side is not from 64 to 8192 pixels.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; no file is written.</exception>
    public static void Save(
        string path, Func<double, double> function, Func<double, double> derivative, IReadOnlyList<double> positions,
        string formula = "f(x)", int width = 800, int height = 500, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(function);
        ArgumentNullException.ThrowIfNull(derivative);
        ArgumentNullException.ThrowIfNull(positions);
        if (positions.Count == 0)
            throw new ArgumentException("There are no positions: a descent needs at least its start.", nameof(positions));
        for (var step = 0; step < positions.Count; step++)
        {
            if (!double.IsFinite(function(positions[step]) + derivative(positions[step])))
                throw new ArgumentException($"At step {step}, x = {positions[step]}, the function or its slope is not a finite number.",
                    nameof(positions));
        }

        var animation = new Animation(width, height);
        for (var step = 0; step < positions.Count; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            animation.Add(Frame(function, derivative, positions, step, formula), FrameDelay);
        }
        animation.Save(path);
    }

    private static Chart Frame(
        Func<double, double> function, Func<double, double> derivative, IReadOnlyList<double> positions, int step, string formula)
    {
        var (x, slope) = (positions[step], derivative(positions[step]));
        var (from, to) = View(positions);
        var chart = new Chart().Function(function, from, to, formula, Palette.Ink).Axes("x", "f(x)");
        chart.Plot.Axes.Margins(horizontal: 0.03, vertical: 0.12);   // room below the minimum for the tangents near it
        chart.Plot.Axes.AutoScale();

        Way(chart.Plot, function, positions, step);
        Tangent(chart.Plot, x, function(x), slope);

        // Signs are always written, and numbers are padded with a space as wide as a digit, so that the title does not move.
        var stepWidth = $"{positions.Count - 1}".Length;
        return chart.Title(
            $"Gradient descent on {formula}\nstep {Padded($"{step}", stepWidth)}     x = {Signed(x)}     slope = {Signed(slope)}");
    }

    // As far to the other side of the last position as the most distant one, so that a minimum looks like one.
    private static (double From, double To) View(IReadOnlyList<double> positions)
    {
        var reach = 1.15 * positions.Max(x => Math.Abs(x - positions[^1]));
        return reach > 0 ? (positions[^1] - reach, positions[^1] + reach) : (positions[^1] - 1, positions[^1] + 1);
    }

    private static void Way(Plot plot, Func<double, double> function, IReadOnlyList<double> positions, int step)
    {
        var xs = positions.Take(step + 1).ToArray();
        var way = plot.Add.Scatter(xs, xs.Select(function).ToArray(), Palette.Blue);
        (way.LineWidth, way.LinePattern, way.MarkerSize, way.LegendText) = (1.5f, LinePattern.Dotted, 9, "steps so far");
    }

    // The same length in the picture whatever the slope; a tangent over the whole width would hide the curve it touches.
    private static void Tangent(Plot plot, double x, double y, double slope)
    {
        const double share = 0.16;   // half its length, as a fraction of the picture's sides
        var limits = plot.Axes.GetLimits();
        var half = share / Math.Sqrt(Math.Pow(1 / limits.HorizontalSpan, 2) + Math.Pow(slope / limits.VerticalSpan, 2));
        var tangent = plot.Add.Line(x - half, y - (slope * half), x + half, y + (slope * half));
        (tangent.LineColor, tangent.LineWidth, tangent.LegendText) = (Palette.Vermilion, 3.5f, "tangent");
        plot.Add.Marker(x, y, MarkerShape.FilledCircle, 14, Palette.Vermilion);
        plot.Axes.SetLimits(limits);
    }

    private static string Signed(double value) => value.ToString("+0.0000;−0.0000;+0.0000", CultureInfo.InvariantCulture);

    private static string Padded(string number, int width) => number.PadLeft(width, '\u2007');
}
