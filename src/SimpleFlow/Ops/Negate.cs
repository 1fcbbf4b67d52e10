using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = −x. ∂loss/∂x = −upstream.</summary>
public sealed record Negate : Unary
{
    protected internal override double Plain(double x) => -x;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => -upstream;

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Negate(x, y);

    protected internal override Formula Notation(Formula[] inputs) => new Negative(inputs[0]);

    internal override Node? Simplify(Operation node) => node.InputArray[0] is Operation { Op: Negate } inner ? inner.InputArray[0] : null;
}

public static partial class Flow
{
    /// <summary>−x of every element.</summary>
    public static Node Negate(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Negate(), name, file, line);
}
