using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>ln Σ eˣ along one axis, or over all elements, shifted by the maximum so that nothing overflows. −∞ adds nothing; of only −∞
    /// it is −∞.</summary>
    public static Node LogSumExp(this Node x, int? axis = null, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        // ∞ − ∞ is not a number: a maximum of −∞ shifts by the lowest number.
        Node Largest(bool kept) => x.Max(axis, kept).Maximum(float.MinValue).StopGradient();
        var sum = (x - Largest(kept: true)).Exp().Sum(axis, keep);
        return AddFlow(sum.Log(), new Add(Largest(keep)), name, file, line);
    }
}
