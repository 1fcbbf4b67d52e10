using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = |x|. ∂loss/∂x = upstream · sign(x); at 0, where |x| has no derivative, it is 0.</summary>
public sealed record Abs : Unary
{
    protected internal override double Plain(double x) => Math.Abs(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.InputArray[0].Sign();

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Abs(x, y);

    protected internal override Formula Notation(Formula[] inputs) => new Magnitude(inputs[0]);
}

public static partial class Flow
{
    /// <summary>|x| of every element.</summary>
    public static Node Abs(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Abs(), name, file, line);
}
