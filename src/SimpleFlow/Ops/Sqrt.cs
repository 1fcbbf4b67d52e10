using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = √x. ∂loss/∂x = upstream / (2·y); infinite at 0. The root of a negative number is NaN.</summary>
public sealed record Sqrt : Unary
{
    protected internal override double Plain(double x) => Math.Sqrt(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream / (2f * node);

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Sqrt(x, y);

    protected internal override Formula Notation(Formula[] inputs) => new Root(inputs[0]);
}

public static partial class Flow
{
    /// <summary>The square root of every element.</summary>
    public static Node Sqrt(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Sqrt(), name, file, line);
}
