using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>y = tanh x. ∂loss/∂x = upstream · (1 − y²).</summary>
public sealed record Tanh : Unary
{
    protected internal override double Plain(double x) => Math.Tanh(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * (1f - node * node);

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, default(VectorMath.TanhFormula));
}

public static partial class Flow
{
    /// <summary>tanh x of every element.</summary>
    public static Node Tanh(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Tanh(), name, file, line);
}
