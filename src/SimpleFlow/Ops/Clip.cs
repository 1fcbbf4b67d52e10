using System.Numerics.Tensors;
using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = min(max(x, lowest), highest). ∂loss/∂x = upstream where lowest ≤ x ≤ highest, else 0.
/// NaN stays NaN, with gradient 0.</summary>
public sealed record Clip : Unary
{
    /// <summary>Creates the op with its bounds.</summary>
    /// <exception cref="ArgumentException">The lowest value is above the highest, or one is NaN.</exception>
    public Clip(float lowest, float highest)
    {
        if (!(lowest <= highest))
            throw new ArgumentException($"Clip: the lowest value {lowest} must not be above the highest {highest}.", nameof(lowest));
        (Lowest, Highest) = (lowest, highest);
    }

    /// <summary>The lower bound: smaller elements become this.</summary>
    public float Lowest { get; }

    /// <summary>The upper bound: larger elements become this.</summary>
    public float Highest { get; }

    protected internal override string Attributes => $"{Lowest} … {Highest}";

    protected internal override Formula Notation(Formula[] inputs) => new Call("clip", inputs[0], $"{Lowest}", $"{Highest}");

    protected internal override double Plain(double x) => Math.Min(Math.Max(x, Lowest), Highest);

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var x = node.InputArray[0];
        return Flow.Select(x.GreaterOrEqual(Lowest), Flow.Select(x.LessOrEqual(Highest), upstream, 0f), 0f);
    }

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y)
    {
        TensorPrimitives.Max(x, Lowest, y);
        TensorPrimitives.Min(y, Highest, y);
    }
}

public static partial class Flow
{
    /// <summary>Limits every element to the range.</summary>
    public static Node Clip(this Node x, float lowest, float highest, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Clip(lowest, highest), name, file, line);
}
