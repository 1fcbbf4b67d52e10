using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Mish: x · tanh(ln(1 + eˣ)) (Misra, 2019).</summary>
    public static Node Mish(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return AddFlow(x, new Multiply(x.Softplus().Tanh()), name, file, line);
    }
}
