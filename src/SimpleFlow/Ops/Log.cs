using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = ln x. ∂loss/∂x = upstream / x. ln 0 = −∞, and the logarithm of a negative number is NaN: add a small epsilon if a zero can
/// occur.</summary>
public sealed record Log : Unary
{
    protected internal override double Plain(double x) => Math.Log(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream / node.InputArray[0];

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Log(x, y);
}

public static partial class Flow
{
    /// <summary>The natural logarithm of every element.</summary>
    public static Node Log(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Log(), name, file, line);
}
