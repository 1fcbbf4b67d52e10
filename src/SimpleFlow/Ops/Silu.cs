using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>SiLU, also known as swish: x·sigmoid(x) (Elfwing, Uchibe and Doya, 2018).</summary>
    public static Node Silu(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return AddFlow(x, new Multiply(x.Sigmoid()), name, file, line);
    }
}
