using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>
/// yᵢ = xᵢ − max x − ln Σⱼ e^(xⱼ − max x) along one axis: the logarithm of softmax. It never takes the logarithm of 0, and is finite for
/// logits of any finite size. −∞ beside finite elements stays −∞; +∞, NaN, or only −∞ makes all of them NaN. ∂loss/∂x = upstream − eʸ · Σ
/// upstream.
/// </summary>
public sealed record LogSoftmax : AlongAxis
{
    /// <summary>Along <paramref name="axis"/>; a negative axis counts from the last.</summary>
    public LogSoftmax(int axis = -1) : base(axis) { }

    private protected override bool Logarithm => true;

    private protected override Op Last => new LogSoftmax();

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        upstream - node.Exp() * upstream.Sum(AxisOf(node), keep: true);                // [x] − [x] · [x with 1 along the axis]
}

public static partial class Flow
{
    /// <summary>The logarithm of <see cref="Softmax"/>, computed safely.</summary>
    public static Node LogSoftmax(this Node x, int axis = -1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new LogSoftmax(axis), name, file, line);
}
