using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>y = −1, 0 or 1; −0 stays −0. A step has no slope: nothing flows back.</summary>
public sealed record Sign : Unary
{
    protected internal override double Plain(double x) => double.IsNaN(x) || x == 0 ? x : Math.Sign(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, default(Formula));

    private readonly struct Formula : IVectorFormula
    {
        public Vector<float> Of(Vector<float> x)
        {
            var magnitude = Vector.ConditionalSelect(Vector.Equals(x, Vector<float>.Zero), x, Vector<float>.One);
            var signed = Vector.ConditionalSelect(Vector.LessThan(x, Vector<float>.Zero), -magnitude, magnitude);
            return Vector.ConditionalSelect(Vector.Equals(x, x), signed, x);
        }
    }
}

public static partial class Flow
{
    /// <summary>−1, 0 or 1, depending on whether the element is negative, zero or positive.</summary>
    public static Node Sign(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Sign(), name, file, line);
}
