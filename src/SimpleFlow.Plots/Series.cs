using System.Numerics;
using Coordinates = ScottPlot.Coordinates;

namespace SimpleFlow.Plots;

/// <summary>The points of one series, checked and converted to the numbers that are drawn.</summary>
internal static class Series
{
    /// <summary>Copies the numbers. Values that cannot be drawn become NaN: NaN, an infinity and, on a logarithmic axis, a number that is
    /// not positive.</summary>
    public static (double[] X, double[] Y) Of<T>(ReadOnlySpan<T> x, ReadOnlySpan<T> y, string? label, bool logarithmic)
        where T : INumberBase<T>
    {
        var name = label is null ? "The series" : $"The series \"{label}\"";
        if (x.Length != y.Length)
            throw new ArgumentException($"{name} has {x.Length} x values and {y.Length} y values; each point needs one of both.",
                nameof(y));
        if (x.Length == 0)
            throw new ArgumentException($"{name} is empty: there is nothing to draw.", nameof(x));

        var (xs, ys) = (new double[x.Length], new double[x.Length]);
        for (var i = 0; i < xs.Length; i++)
        {
            (xs[i], ys[i]) = (double.CreateSaturating(x[i]), double.CreateSaturating(y[i]));
            if (logarithmic)
                ys[i] = ys[i] > 0 ? Math.Log10(ys[i]) : double.NaN;
            if (!double.IsFinite(xs[i]) || !double.IsFinite(ys[i]))
                ys[i] = double.NaN;
        }

        if (Array.TrueForAll(ys, double.IsNaN))
        {
            throw new ArgumentException(logarithmic
                ? $"{name} has no finite value above 0: there is nothing to draw on a log axis."
                : $"{name} has no finite value: there is nothing to draw.", nameof(y));
        }

        return (xs, ys);
    }

    /// <summary>The stretches between NaNs: a line is drawn within a stretch, never across a gap.</summary>
    public static IEnumerable<Range> Stretches(double[] y)
    {
        for (var start = 0; start < y.Length; start++)
        {
            if (double.IsNaN(y[start]))
                continue;
            var end = start + 1;
            while (end < y.Length && !double.IsNaN(y[end]))
                end++;
            yield return start..end;
            start = end;
        }
    }

    /// <summary>Points along the drawn lines, close enough together to tell where in the picture a line is.</summary>
    public static IEnumerable<Coordinates> Along(double[] x, double[] y)
    {
        var pieces = Math.Max(1, 200 / y.Length);
        for (var i = 0; i < y.Length; i++)
        {
            if (double.IsNaN(y[i]))
                continue;
            yield return new Coordinates(x[i], y[i]);
            for (var piece = 1; piece < pieces && i + 1 < y.Length && !double.IsNaN(y[i + 1]); piece++)
            {
                var share = (double)piece / pieces;
                yield return new Coordinates(double.Lerp(x[i], x[i + 1], share), double.Lerp(y[i], y[i + 1], share));
            }
        }
    }
}
