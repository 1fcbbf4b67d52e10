using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The logarithm of the sigmoid, −ln(1 + e⁻ˣ): never the logarithm of 0.</summary>
    public static Node LogSigmoid(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return AddFlow((-x).Softplus(), new Negate(), name, file, line);
    }
}
