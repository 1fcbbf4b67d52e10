using ScottPlot;

namespace SimpleFlow.Plots;

/// <summary>Finds the place at a chart's edge with the fewest points, so that the legend hides as little as possible.</summary>
internal static class LegendPlace
{
    private const double Width = 0.34, Height = 0.36;   // of the data's extent: about what a legend with three lines takes
    private const double Rounding = 1e-9;               // an outermost point is inside, however 1 − 0.34 is rounded

    private static readonly (Alignment Place, double Left, double Bottom)[] Places =
        [
        (Alignment.UpperRight, 1 - Width, 1 - Height),
        (Alignment.UpperLeft, 0, 1 - Height),
        (Alignment.LowerRight, 1 - Width, 0),
        (Alignment.LowerLeft, 0, 0),
        (Alignment.UpperCenter, (1 - Width) / 2, 1 - Height),
        (Alignment.LowerCenter, (1 - Width) / 2, 0),
    ];

    public static Alignment Emptiest(IReadOnlyList<Coordinates> points)
    {
        double left = points.Min(p => p.X), width = points.Max(p => p.X) - left;
        double bottom = points.Min(p => p.Y), height = points.Max(p => p.Y) - bottom;
        return Places.MinBy(place => points.Count(point =>
        {
            var x = ((point.X - left) / width) - place.Left;   // NaN if all are equal, and then no place covers any
            var y = ((point.Y - bottom) / height) - place.Bottom;
            return x is >= -Rounding and <= Width + Rounding && y is >= -Rounding and <= Height + Rounding;
        })).Place;
    }
}
