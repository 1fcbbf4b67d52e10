using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>
/// y = ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), computed in the second form, which never overflows. ∂loss/∂x = upstream · sigmoid(x), which
/// is ½ at 0; composing it from max and |x| would give a wrong slope there, because both have a corner at 0.
/// </summary>
public sealed record Softplus : Unary
{
    protected internal override double Plain(double x) => Math.Max(x, 0) + LogOnePlus(Math.Exp(-Math.Abs(x)));

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.InputArray[0].Sigmoid();

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, default(VectorMath.SoftplusFormula));

    /// <summary>ln(1 + u) in float64 with all its digits, however small u is (Kahan's trick: the rounding error of 1 + u cancels, because
    /// the divisor has the same error).</summary>
    internal static double LogOnePlus(double u)
    {
        var sum = 1 + u;
        return sum == 1 ? u : double.IsInfinity(sum) ? sum : Math.Log(sum) * u / (sum - 1);
    }
}

public static partial class Flow
{
    /// <summary>ln(1 + eˣ) of every element.</summary>
    public static Node Softplus(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Softplus(), name, file, line);
}
