using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>SELU: λ·x where it is positive, else λ·α·(eˣ − 1), with λ = 1.0507 and α = 1.6733, which keep mean 0 and variance 1 behind
    /// weights of <see cref="Initializer.LeCun"/> (Klambauer, Unterthiner, Mayr and Hochreiter, "Self-normalizing neural networks",
    /// 2017).</summary>
    public static Node Selu(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        var below = Constant.Exact(1.6732632423543772) * AddFlow(x.Minimum(0f), new ExpMinusOne());
        return AddFlow(Select(x.Greater(0f), x, below), new Multiply(Constant.Exact(1.0507009873554805)), name, file, line);
    }
}
