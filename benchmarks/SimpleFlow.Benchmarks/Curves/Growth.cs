using System.Globalization;
using System.Text;

namespace SimpleFlow.Benchmarks;

/// <summary>How work grows that tempts into looking at everything from everywhere, as curves and as a table with the exponents.</summary>
internal static class Growth
{
    /// <summary>Measures all of it.</summary>
    /// <returns>A picture of the times, one of the bytes, and the table.</returns>
    public static (Figure[] Figures, string Table) Measure(Bench bench)
    {
        var table = new StringBuilder(
            "| what grows | sizes | cost | exponent of the last two doublings | before |\n|---|---|---|---|---|\n");
        var (times, bytes) = (new List<Curve>(), new List<Curve>());
        foreach (var work in GrowingWork.All)
        {
            Bench.Say(work.Name);
            var sizes = bench.Options.Quick ? work.Sizes[..3] : work.Sizes;
            work.Cost(sizes[0]);
            List<(double At, double Value)> points = [.. sizes.Select(size => ((double)size, work.Cost(size)))];
            var exponent = GrowingWork.Exponent(points);
            (work.Unit.StartsWith("bytes", StringComparison.Ordinal) ? bytes : times)
                .Add(new Curve(FormattableString.Invariant($"{work.Name}: {exponent:0.00}"),
                [.. points.Select(point => (point.At / sizes[0], point.Value))]));
            table.Append(CultureInfo.InvariantCulture,
                $"| {work.Name} | {sizes[0]:N0}–{sizes[^1]:N0} | {points[0].Value:N0}–{points[^1].Value:N0} {work.Unit} | "
                    + $"{exponent:0.00} | "
                    + $"{work.Before} |\n");
        }
        return ([new Figure("growth", "time over size, with the exponent of the last two doublings", "size", "processor's ms", [.. times]),
            new Figure("growth-memory", "memory over size, with the exponent of the last two doublings", "size", "bytes", [.. bytes])],
            table.ToString());
    }
}
