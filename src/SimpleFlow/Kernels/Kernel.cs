namespace SimpleFlow.Kernels;

/// <summary>
/// One step of a plan: a loop bound to its memory. Its result can be computed in parts, each of which writes its own elements. Sums are
/// never split over parts, so the bits do not depend on the number of parts.
/// </summary>
internal abstract class Kernel
{
    /// <summary>Computes the <paramref name="part"/>-th of <paramref name="parts"/> pieces of the result.</summary>
    public abstract void Run(int part, int parts);

    /// <summary>Which size-dependent paths it takes for this number of parts.</summary>
    public virtual IEnumerable<KernelPath> Paths(int parts) => [];

    /// <summary>The piece of <paramref name="count"/> items, in whole grains, that belongs to a part.</summary>
    protected static (int Start, int End) Piece(int count, int part, int parts, int grain = 1)
    {
        if (parts == 1) return (0, count);
        var cut = new EvenCut(EvenCut.Pieces(count, grain), parts);
        return ((int)Math.Min(count, (long)cut.Before(part) * grain), (int)Math.Min(count, (long)cut.Before(part + 1) * grain));
    }
}
