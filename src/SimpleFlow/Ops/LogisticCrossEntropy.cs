using System.Numerics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>
/// y = −t·ln σ(x) − (1 − t)·ln(1 − σ(x)) for a logit x and a target t between 0 and 1. It is computed as w·|x| + ln(1 + e^−|x|), with w = 1
/// − t for a positive x, else t: so there is no cancellation when the prediction is right and the loss small. If w is 0, an infinite x does
/// not count: a logit of −∞ costs 0 with the target 0, and ∞ with any other target. ∂loss/∂x = upstream · (σ(x) − t), ∂loss/∂t = −upstream
/// · x.
/// </summary>
internal sealed record LogisticCrossEntropy : Binary
{
    /// <summary>Creates the op with the logits as the source.</summary>
    public LogisticCrossEntropy(Node target) : base(target) { }

    protected internal override Formula Notation(Formula[] inputs) =>
        Infix.Sum(new Call("softplus", inputs[0]), "-", Infix.Product(inputs[0], "*", inputs[1]));

    protected internal override double Plain(double x, double t)
    {
        var w = x > 0 ? 1 - t : t;
        return (w == 0 ? 0 : w * Math.Abs(x)) + Softplus.LogOnePlus(Math.Exp(-Math.Abs(x)));
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (x, t) = (node.InputArray[0], node.InputArray[1]);
        return input == 0 ? upstream * (x.Sigmoid() - t) : -(upstream * x);
    }

    protected override void Tile(ReadOnlySpan<float> x, ReadOnlySpan<float> t, Span<float> y) =>
        VectorMap.Run(x, t, y, default(Vectors));

    private readonly struct Vectors : IVectorFormula2
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        public Vector<float> Of(Vector<float> x, Vector<float> t)
        {
            var size = Vector.Abs(x);
            var w = Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), Vector<float>.One - t, t);
            return Vector.ConditionalSelect(Vector.Equals(w, Vector<float>.Zero), Vector<float>.Zero, w * size)
                + VectorMath.LogOnePlus(VectorMath.Exp(-size));
        }
    }
}
