using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>y = 1 / (1 + e⁻ˣ). ∂loss/∂x = upstream · y · (1 − y).</summary>
public sealed record Sigmoid : Unary
{
    protected internal override double Plain(double x) => 1 / (1 + Math.Exp(-x));

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * (node * (1f - node));

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, default(VectorMath.SigmoidFormula));
}

public static partial class Flow
{
    /// <summary>1 / (1 + e⁻ˣ) of every element.</summary>
    public static Node Sigmoid(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Sigmoid(), name, file, line);
}
