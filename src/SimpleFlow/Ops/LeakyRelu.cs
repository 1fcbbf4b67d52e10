using System.Numerics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>y = x where x &gt; 0, else slope · x. ∂loss/∂x = upstream where x &gt; 0, else slope · upstream, also at 0.</summary>
/// <param name="Slope">The slope on the negative side; ONNX's default is 0.01.</param>
public sealed record LeakyRelu(float Slope = 0.01f) : Unary
{
    protected internal override string Attributes => $"slope {Slope}";

    protected internal override double Plain(double x) => x > 0 ? x : Slope * x;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Flow.Select(node.InputArray[0].Greater(0f), upstream, Slope * upstream);

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => VectorMap.Run(x, y, new Formula(Slope));

    private readonly struct Formula(float slope) : IVectorFormula
    {
        public Vector<float> Of(Vector<float> x) => Vector.ConditionalSelect(Vector.GreaterThan(x, Vector<float>.Zero), x, slope * x);
    }
}

public static partial class Flow
{
    /// <summary>x where it is positive, else <paramref name="slope"/> · x.</summary>
    public static Node LeakyRelu(this Node x, float slope = 0.01f, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new LeakyRelu(slope), name, file, line);
}
