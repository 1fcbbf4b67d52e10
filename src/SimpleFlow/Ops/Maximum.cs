using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = the larger of left and right; NaN if either is NaN. The upstream gradient goes to the larger one; if both are equal, to the
/// left one.</summary>
public sealed record Maximum : Binary
{
    /// <summary>Creates the op with the source on the left and <paramref name="right"/> on the right.</summary>
    public Maximum(Node right) : base(right) { }

    protected internal override Formula Notation(Formula[] inputs) => new Call("max", inputs[0], inputs[1]);

    protected internal override double Plain(double left, double right) => Math.Max(left, right);

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var (left, right) = (node.InputArray[0], node.InputArray[1]);
        return input == 0 ? Flow.Select(left.GreaterOrEqual(right), upstream, 0f) : Flow.Select(left.GreaterOrEqual(right), 0f, upstream);
    }

    protected override void Tile(ReadOnlySpan<float> left, ReadOnlySpan<float> right, Span<float> y) =>
        TensorPrimitives.Max(left, right, y);
}

public static partial class Flow
{
    /// <summary>The larger one, element by element.</summary>
    public static Node Maximum(this Node left, Node right, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(left, new Maximum(right), name, file, line);
}
