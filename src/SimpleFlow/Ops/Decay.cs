using System.Numerics;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>
/// y = factor · x, for the running state of optimizers, which decays with every step. ∂loss/∂x = factor · upstream. In float32 a result
/// below the smallest normal number, 2⁻¹²⁶, becomes 0. Without that, the trace of a single gradient would become subnormal after some 830
/// steps of 0.9, and stay so, and processors compute with subnormal numbers a hundred times more slowly.
/// </summary>
internal sealed record Decay(float Factor) : Unary
{
    private const float SmallestNormal = 1.17549435e-38f;

    protected internal override string Attributes => $"{Factor}";

    protected internal override Formula Notation(Formula[] inputs) => Infix.Product($"{Factor}", "*", inputs[0]);

    protected internal override double Plain(double x) => Factor * x;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => Factor * upstream;

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, new Fading(Factor));

    /// <summary>The formula for vectors.</summary>
    internal static Vector<float> Fade(Vector<float> factor, Vector<float> x)
    {
        var y = factor * x;
        return Vector.ConditionalSelect(Vector.LessThan(Vector.Abs(y), new Vector<float>(SmallestNormal)), Vector<float>.Zero, y);
    }

    private readonly struct Fading(float factor) : IVectorFormula
    {
        public Vector<float> Of(Vector<float> x) => Fade(new Vector<float>(factor), x);
    }
}
