using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>
    /// GELU: x·Φ(x) = ½·x·(1 + erf(x/√2)), where Φ is the probability that a standard normal number is below x (Hendrycks and Gimpel,
    /// "Gaussian error linear units", 2016). This is exact, not the approximation by tanh.
    /// </summary>
    public static Node Gelu(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var share = 1f + (x * Constant.Exact(Math.Sqrt(0.5))).Erf();
        return AddFlow(x * 0.5f, new Multiply(share), name, file, line);
    }
}
