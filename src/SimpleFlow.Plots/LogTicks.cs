using ScottPlot;

namespace SimpleFlow.Plots;

/// <summary>
/// The ticks of a logarithmic axis. ScottPlot's axes are linear, so the plot uses log10 of each value, and the labels show the value. Over
/// a short range 1, 2 and 5 times each power of ten have a label, over a long one only the powers of ten.
/// </summary>
internal sealed class LogTicks : ITickGenerator
{
    private const double ShortRange = 2.2;   // powers of ten
    private const double Room = 22;          // pixels from one label to the next

    public Tick[] Ticks { get; private set; } = [];

    public int MaxTickCount { get; set; } = 100;

    public void Regenerate(CoordinateRange range, Edge edge, PixelLength size, Paint paint, LabelStyle labelStyle)
    {
        int first = (int)Math.Floor(range.Min), last = (int)Math.Ceiling(range.Max);
        var fitting = Math.Max(1, (int)(size.Length / Room));
        var step = (int)Math.Ceiling((last - first + 1) / (double)fitting);
        double[] digits = range.Max - range.Min < ShortRange ? [1, 2, 5] : [1];

        var ticks = new List<Tick>();
        for (var power = first; power <= last; power += step)
        {
            foreach (var digit in digits)
            {
                var position = power + Math.Log10(digit);
                if (range.Contains(position))
                    ticks.Add(Tick.Major(position, Label(digit, power)));
            }
        }

        Ticks = [.. ticks];
    }

    /// <summary>The limits of log10 values, widened to the nearest 1, 2 or 5 times a power of ten, so that at least two labels
    /// appear.</summary>
    public static (double Min, double Max) Limits(double min, double max)
    {
        const double air = 0.02;
        return (Marks(min).Last(mark => mark <= min - air) - air, Marks(max).First(mark => mark >= max + air) + air);
    }

    // log10 of 0.5, 1, 2, 5, 10 and 20 times the power of ten at or below the value: some on either side of it
    private static double[] Marks(double value)
    {
        var power = Math.Floor(value);
        return [power - 1 + Math.Log10(5), power, power + Math.Log10(2), power + Math.Log10(5), power + 1, power + 1 + Math.Log10(2)];
    }

    private static string Label(double digit, int power) =>
        power is >= -4 and <= 5 ? $"{digit * Math.Pow(10, power):0.####}" : $"{digit}e{power}".Replace('-', '−');
}
