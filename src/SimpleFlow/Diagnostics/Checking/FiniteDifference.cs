namespace SimpleFlow;

/// <summary>
/// Computes a derivative without any rule: how much a function changes when one number moves a little, in float64. It uses four points,
/// (8·(f(h) − f(−h)) − (f(2h) − f(−2h))) / 12h, whose error falls with h⁴.
/// </summary>
internal static class FiniteDifference
{
    private const double Epsilon = 2.220446049250313e-16;   // 2⁻⁵², between 1 and the next float64
    private const double RoundingErrors = 64;               // of size ε, that a long sum may gather

    // of the change from one step to the next: twice the share that the formula says
    private const double Neglected = 2e-4;

    // As shares of the number's size. The first is exact enough for what is smooth;
    // the others come nearer where a corner, a pole or a sharp bend is near.
    private static readonly double[] Steps = [1e-3, 1e-4, 1e-5, 1e-6];

    /// <summary>Compares a derivative that a rule gave with differences.</summary>
    /// <param name="analytic">What the rule gave.</param>
    /// <param name="x">The number that moves.</param>
    /// <param name="typical">How large its neighbours are: the size of its steps where it is nearly 0 itself.</param>
    /// <param name="magnitude">How large the terms are that the function sums up: it rounds to some 10⁻¹⁶ of them.</param>
    /// <param name="tolerance">The relative difference up to which both agree.</param>
    /// <param name="f">The function of the distance moved.</param>
    public static Slopes Compare(double analytic, double x, double typical, double magnitude, double tolerance, Func<double, double> f)
    {
        Slopes? nearest = null;
        var before = double.NaN;
        foreach (var h in StepsAt(x, typical))
        {
            var byDifferences = (8 * (f(h) - f(-h)) - (f(2 * h) - f(-2 * h))) / (12 * h);
            if (!double.IsFinite(byDifferences)) continue;
            var noise = RoundingErrors * Epsilon * magnitude / h;
            // Where the derivative is 0, the difference is not quite: the formula neglects a term, which a tenth of the step makes 10⁴
            // times smaller.
            if (double.IsFinite(before)) noise += Neglected * Math.Abs(byDifferences - before);
            before = byDifferences;
            var relative = Relative(analytic, byDifferences, noise / tolerance);
            if (relative <= tolerance) return new Slopes(analytic, byDifferences, relative, IsKink: false);
            if (nearest is null || relative < nearest.Value.Relative)
                nearest = new Slopes(analytic, byDifferences, relative, IsKink: false);
        }
        if (nearest is not { } found) return new Slopes(analytic, double.NaN, double.NaN, IsKink: true);
        return found with { IsKink = IsKink(f, Steps[^1] * Size(x, typical), magnitude, tolerance) };
    }

    /// <summary>The longest step that is taken from a number.</summary>
    public static double FirstStep(double x, double typical) => Steps[0] * Size(x, typical);

    private static double Size(double x, double typical) => Math.Max(Math.Abs(x), typical > 0 ? typical : 1);

    private static IEnumerable<double> StepsAt(double x, double typical)
    {
        var size = Size(x, typical);
        foreach (var step in Steps) yield return step * size;
        // A number far smaller than its neighbours may stand at a place where they could not: log near 0.
        if (x != 0 && Math.Abs(x) < Steps[^1] * size * 1e3) yield return Steps[0] * Math.Abs(x);
    }

    // The noise of float64 is discounted: where both are as small as that, they agree.
    private static double Relative(double analytic, double byDifferences, double floor)
    {
        var size = Math.Max(Math.Abs(analytic), Math.Abs(byDifferences)) + floor;
        var relative = size == 0 ? 0 : Math.Abs(analytic - byDifferences) / size;
        return double.IsNaN(relative) ? double.PositiveInfinity : relative;
    }

    /// <summary>
    /// Whether the slopes on the two sides differ. On a smooth function they come together as the step shrinks:
    /// ten times nearer with a tenth of it. At a corner they stay apart, at a jump they part.
    /// </summary>
    private static bool IsKink(Func<double, double> f, double h, double magnitude, double tolerance)
    {
        var here = f(0);
        (double Gap, double Size) Sides(double distance)
        {
            var (right, left) = ((f(distance) - here) / distance, (here - f(-distance)) / distance);
            return (Math.Abs(right - left), Math.Max(Math.Abs(right), Math.Abs(left)));
        }
        var (near, size) = Sides(2 * h);                    // as far as the four points reach
        if (!double.IsFinite(near)) return true;
        var noise = 4 * RoundingErrors * Epsilon * magnitude / h;
        var far = Sides(20 * h);
        var isCorner = near > noise + tolerance * size && near > 0.3 * far.Gap;
        var isJump = size > noise && size > 3 * far.Size;                   // the same on both sides: sign at 0
        return isCorner || isJump;
    }
}

/// <summary>A derivative by a rule and by differences.</summary>
/// <param name="Analytic">By the rule.</param>
/// <param name="ByDifferences">By differences; NaN if there are none.</param>
/// <param name="Relative">How far they are apart, as a share of the larger.</param>
/// <param name="IsKink">Whether they disagree because there is no derivative: at a corner, at a jump, or where the function ends.</param>
internal readonly record struct Slopes(double Analytic, double ByDifferences, double Relative, bool IsKink);
