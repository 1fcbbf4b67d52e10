using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>ELU: x where it is positive, else α·(eˣ − 1) (Clevert, Unterthiner and Hochreiter, 2016).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="alpha">α; for large negative x the result approaches −α.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Elu(this Node x, float alpha = 1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        // The exponential must stay finite even where it is not used, or its gradient would be 0 · ∞.
        return AddFlow(x.Greater(0f), new Select(x, alpha * AddFlow(x.Minimum(0f), new ExpMinusOne())), name, file, line);
    }
}
