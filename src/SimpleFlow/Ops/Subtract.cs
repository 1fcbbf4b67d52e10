using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = left − right. ∂loss/∂left = upstream, ∂loss/∂right = −upstream.</summary>
public sealed record Subtract : Binary
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public Subtract(Node right) : base(right) { }

    protected internal override Formula Notation(Formula[] inputs) => Infix.Sum(inputs[0], "-", inputs[1]);

    protected internal override double Plain(double left, double right) => left - right;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input == 0 ? upstream : -upstream;

    internal override Node? Simplify(Operation node) => Algebra.WithoutNeutral(0, node, node.InputArray[1], node.InputArray[0]);

    protected override void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y) =>
        TensorPrimitives.Subtract(left, right, y);
}

public static partial class Flow
{
    extension(Node)
    {
        /// <summary>The difference, element by element.</summary>
        public static Node operator -(Node left, Node right) => AddFlow(left, new Subtract(right), file: "", line: 0);
    }

    extension(Node)
    {
        /// <summary>The negative, element by element.</summary>
        public static Node operator -(Node x) => AddFlow(x, new Negate(), file: "", line: 0);
    }
}
