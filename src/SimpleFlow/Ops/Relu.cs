using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = max(x, 0). ∂loss/∂x = upstream where y &gt; 0, else 0; so relu′(0) = 0. NaN stays NaN, with gradient 0.</summary>
public sealed record Relu : Unary
{
    protected internal override double Plain(double x) => Math.Max(x, 0);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => Flow.Select(node.Greater(0f), upstream, 0f);

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => TensorPrimitives.Max(x, 0f, y);
}

public static partial class Flow
{
    /// <summary>max(x, 0) of every element.</summary>
    public static Node Relu(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Relu(), name, file, line);
}
