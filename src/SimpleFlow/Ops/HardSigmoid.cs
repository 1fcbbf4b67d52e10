using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Hard sigmoid: min(max(x/6 + ½, 0), 1), as in PyTorch and Keras 3. ONNX's own default has the slope 0.2.</summary>
    public static Node HardSigmoid(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return AddFlow((x + 3f) / 6f, new Clip(0, 1), name, file, line);
    }

    /// <summary>Hard swish: x · min(max(x/6 + ½, 0), 1) (Howard and others, "Searching for MobileNetV3", 2019).</summary>
    public static Node HardSwish(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        return AddFlow(x, new Multiply(x.HardSigmoid()), name, file, line);
    }
}
