using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// yᵢ = e^(xᵢ − max x) / Σⱼ e^(xⱼ − max x) along one axis. The shift does not change the result mathematically, and keeps every exponent at
/// most 0. −∞ beside finite elements gives 0; +∞, NaN, or only −∞ makes all of them NaN. ∂loss/∂x = y · (upstream − Σ upstream·y).
/// </summary>
public sealed record Softmax : AlongAxis
{
    /// <summary>Along <paramref name="axis"/>; a negative axis counts from the last.</summary>
    public Softmax(int axis = -1) : base(axis) { }

    private protected override bool Logarithm => false;

    private protected override Op Last => new Softmax();

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        node * (upstream - (upstream * node).Sum(AxisOf(node), keep: true));           // [x] · ([x] − [x with 1 along the axis])
}

public static partial class Flow
{
    /// <summary>Softmax: positive values that sum to 1 along <paramref name="axis"/>.</summary>
    public static Node Softmax(this Node x, int axis = -1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Softmax(axis), name, file, line);
}
