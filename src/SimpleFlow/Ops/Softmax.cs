using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// yᵢ = e^(xᵢ − max x) / Σⱼ e^(xⱼ − max x) along one axis. The shift changes nothing in mathematics and keeps every exponent at most 0.
/// −∞ beside finite elements gets 0; +∞, NaN, or nothing but −∞ makes all of them NaN.
/// ∂loss/∂x = y · (upstream − Σ upstream·y).
/// </summary>
public sealed record Softmax : AlongAxis
{
    /// <summary>Along <paramref name="axis"/>; negative: counted from the last.</summary>
    public Softmax(int axis = -1) : base(axis) { }

    private protected override bool Logarithm => false;

    private protected override Op Last => new Softmax();

    internal override Node? Gradient(Operation node, Node upstream, int input) =>
        node * (upstream - (upstream * node).Sum(AxisOf(node), keep: true));           // [x] · ([x] − [x with 1 along the axis])
}

public static partial class Flow
{
    /// <summary>Positive shares that sum to 1 along <paramref name="axis"/>.</summary>
    public static Node Softmax(this Node x, int axis = -1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Softmax(axis), name, file, line);
}
