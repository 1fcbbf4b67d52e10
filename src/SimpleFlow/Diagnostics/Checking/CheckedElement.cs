namespace SimpleFlow;

/// <summary>One element of a gradient, by back-propagation and by differences.</summary>
/// <param name="Index">Its position along each axis.</param>
/// <param name="Analytic">The gradient by the rules.</param>
/// <param name="ByDifferences">The gradient by differences; NaN if there is none.</param>
/// <param name="Relative">Their difference as a share of the larger of the two, the noise of float64 discounted;
/// +∞ if the analytic one is not finite.</param>
/// <param name="IsKink">
/// Whether it is left out because the function has no derivative there: at a corner such as relu's at 0 or a tie of two maxima, at a jump,
/// and where the function ends, as √x does at 0.
/// </param>
public sealed record CheckedElement(IReadOnlyList<int> Index, double Analytic, double ByDifferences, double Relative, bool IsKink)
{
    /// <summary>|analytic − by differences|.</summary>
    public double Absolute => Math.Abs(Analytic - ByDifferences);

    /// <summary><c>[2, 0]</c>.</summary>
    internal string Place => $"[{string.Join(", ", Index)}]";
}
