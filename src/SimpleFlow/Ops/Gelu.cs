using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>
    /// GELU: x·Φ(x) = ½·x·(1 + erf(x/√2)), where Φ is the probability that a standard normal number is below x (Hendrycks and Gimpel,
    /// "Gaussian error linear units", 2016). This is exact, unless the approximation by tanh is asked for.
    /// </summary>
    /// <param name="x">Any shape.</param>
    /// <param name="byTanh">Whether Φ(x) is approximated by ½·(1 + tanh(√(2/π)·(x + 0.044715·x³))), as in GPT-2 and BERT: PyTorch's
    /// <c>approximate="tanh"</c>, Keras's <c>approximate=True</c>.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Gelu(this Node x, bool byTanh = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        // ½·(1 + tanh z) = sigmoid(2z), which loses no digits where it is small.
        if (byTanh)
        {
            var z = x + Constant.Exact(0.044715) * x.Power(3);
            return AddFlow(x, new Multiply((Constant.Exact(2 * Math.Sqrt(2 / Math.PI)) * z).Sigmoid()), name, file, line);
        }
        var share = 1f + (x * Constant.Exact(Math.Sqrt(0.5))).Erf();
        return AddFlow(x * 0.5f, new Multiply(share), name, file, line);
    }
}
