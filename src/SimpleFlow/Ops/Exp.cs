using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>y = eˣ. The gradient is written with the output: ∂loss/∂x = upstream · y.
/// In float32 it overflows to infinity above 88.7, and is 0 below −87.3.</summary>
public sealed record Exp : Unary
{
    protected internal override double Plain(double x) => Math.Exp(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node;

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, default(VectorMath.ExpFormula));

    protected internal override Formula Notation(Formula[] inputs) => new Call("exp", inputs[0]);
}

public static partial class Flow
{
    /// <summary>eˣ of every element.</summary>
    public static Node Exp(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Exp(), name, file, line);
}
