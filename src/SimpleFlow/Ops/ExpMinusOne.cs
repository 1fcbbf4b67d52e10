using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>y = eˣ − 1, accurate near 0, where the plain subtraction would lose all digits. ∂loss/∂x = upstream · eˣ.</summary>
public sealed record ExpMinusOne : Unary
{
    // Kahan's trick: the rounding error of eˣ cancels, because its logarithm has the same error.
    protected internal override double Plain(double x)
    {
        var y = Math.Exp(x);
        return y == 1 ? x : y - 1 == -1 || double.IsInfinity(y) ? y - 1 : (y - 1) * x / Math.Log(y);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.InputArray[0].Exp();

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) =>
        VectorMap.Run(x, y, default(VectorMath.ExpMinusOneFormula));

    protected internal override Formula Notation(Formula[] inputs) => Infix.Sum(new Call("exp", inputs[0]), "-", "1");
}
