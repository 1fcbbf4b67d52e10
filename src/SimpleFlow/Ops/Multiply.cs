using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = left · right, element by element. ∂loss/∂left = upstream · right, ∂loss/∂right = upstream · left.</summary>
public sealed record Multiply : Binary
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public Multiply(Node right) : base(right) { }

    protected internal override Formula Notation(Formula[] inputs) => Infix.Product(inputs[0], "*", inputs[1]);

    protected internal override double Plain(double left, double right) => left * right;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.InputArray[1 - input];

    internal override Node? Simplify(Operation node) =>
        Algebra.WithoutNeutral(1, node, node.InputArray[1], node.InputArray[0])
            ?? Algebra.WithoutNeutral(1, node, node.InputArray[0], node.InputArray[1]);

    protected override void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y) =>
        TensorPrimitives.Multiply(left, right, y);
}

public static partial class Flow
{
    extension(Node)
    {
        /// <summary>The product, element by element.</summary>
        public static Node operator *(Node left, Node right) => AddFlow(left, new Multiply(right), file: "", line: 0);
    }
}
