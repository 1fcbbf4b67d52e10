namespace SimpleFlow.Kernels;

/// <summary>
/// One step of a plan: a loop bound to its memory. Its result can be computed in parts, each of which writes elements of its own;
/// sums are never split over parts, so the bits do not depend on how many there are.
/// </summary>
internal abstract class Kernel
{
    /// <summary>Computes the <paramref name="part"/>-th of <paramref name="parts"/> pieces of the result.</summary>
    public abstract void Run(int part, int parts);

    /// <summary>Which ways it takes, in so many parts, that depend on sizes.</summary>
    public virtual IEnumerable<KernelPath> Paths(int parts) => [];

    /// <summary>The piece of <paramref name="count"/> items, in whole grains, that belongs to a part.</summary>
    protected static (int Start, int End) Piece(int count, int part, int parts, int grain = 1)
    {
        if (parts == 1) return (0, count);
        var cut = new EvenCut(EvenCut.Pieces(count, grain), parts);
        return ((int)Math.Min(count, (long)cut.Before(part) * grain), (int)Math.Min(count, (long)cut.Before(part + 1) * grain));
    }
}
