using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = left / right. ∂loss/∂left = upstream / right, ∂loss/∂right = −upstream · y / right. Division by 0 follows IEEE 754: ±∞, or
/// NaN for 0 / 0.</summary>
public sealed record Divide : Binary
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public Divide(Node right) : base(right) { }

    protected internal override Formula Notation(Formula[] inputs) => Formula.Quotient(inputs[0], inputs[1]);

    protected internal override double Plain(double left, double right) => left / right;

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var right = node.InputArray[1];
        return input == 0 ? upstream / right : -(upstream * node / right);
    }

    internal override Node? Simplify(Operation node) => Algebra.WithoutNeutral(1, node, node.InputArray[1], node.InputArray[0]);

    protected override void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y) =>
        TensorPrimitives.Divide(left, right, y);
}

public static partial class Flow
{
    extension(Node)
    {
        /// <summary>The quotient, element by element.</summary>
        public static Node operator /(Node left, Node right) => AddFlow(left, new Divide(right), file: "", line: 0);
    }
}
