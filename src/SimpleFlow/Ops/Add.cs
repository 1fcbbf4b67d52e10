using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = left + right. ∂loss/∂left = ∂loss/∂right = upstream.</summary>
public sealed record Add : Binary
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public Add(Node right) : base(right) { }

    protected internal override Formula Notation(Formula[] inputs) => Infix.Sum(inputs[0], "+", inputs[1]);

    protected internal override double Plain(double left, double right) => left + right;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;

    internal override Node? Simplify(Operation node) =>
        Algebra.WithoutNeutral(-0.0, node, node.InputArray[1], node.InputArray[0])
            ?? Algebra.WithoutNeutral(-0.0, node, node.InputArray[0], node.InputArray[1]);

    protected override void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y) =>
        TensorPrimitives.Add(left, right, y);
}

public static partial class Flow
{
    extension(Node)
    {
        /// <summary>The sum, element by element.</summary>
        public static Node operator +(Node left, Node right) => AddFlow(left, new Add(right), file: "", line: 0);
    }
}
