using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// y = ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), in the second form, which never overflows. ∂loss/∂x = upstream · sigmoid(x), which is ½ at 0;
/// a composition of max and |x| would have lost that, as both have a corner there.
/// </summary>
public sealed record Softplus : Unary
{
    internal override double Plain(double x) => Math.Max(x, 0) + Math.Log(1 + Math.Exp(-Math.Abs(x)));

    internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.InputArray[0].Sigmoid();

    private protected override void Tile(ReadOnlySpan<float> x, Span<float> y)
    {
        // The result may be written over x, so the positive part is kept aside.
        Span<float> positive = stackalloc float[x.Length];
        TensorPrimitives.Max(x, 0f, positive);
        TensorPrimitives.Abs(x, y);
        TensorPrimitives.Negate(y, y);
        TensorPrimitives.Exp(y, y);
        TensorPrimitives.LogP1(y, y);
        TensorPrimitives.Add(y, positive, y);
    }
}

public static partial class Flow
{
    /// <summary>ln(1 + eˣ) of every element.</summary>
    public static Node Softplus(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Softplus(), name, file, line);
}
