using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>y = the largest x along the axes; NaN if any is NaN. If several are the largest, they share the upstream gradient equally. The
/// maximum of no elements is −∞.</summary>
public sealed record ReduceMax : Reduce
{
    /// <summary>Over one axis (a negative axis counts from the last), or over all axes.</summary>
    public ReduceMax(int? axis = null, bool keep = false) : base(axis is { } one ? [one] : null, keep) { }

    /// <summary>Over several axes.</summary>
    public ReduceMax(int[] axes, bool keep = false) : base(axes, keep) { }

    private protected override ReductionKind Kind => ReductionKind.Maximum;

    private protected override double Start => double.NegativeInfinity;

    private protected override double Take(double sofar, double x) => Math.Max(sofar, x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var x = node.InputArray[0];
        var largest = x.Equal(WithReducedAxes(node, node)).Cast();         // [x], 1 where x is the largest
        var ties = largest.Sum(Axis.All(Axes, x.Shape.Rank), keep: true);  // [kept, 1 along the axes]
        return WithReducedAxes(node, upstream) / ties * largest;           // [x]
    }

    private protected override Op Over(int[] axes, bool keep) => new ReduceMax(axes, keep);
}

public static partial class Flow
{
    /// <summary>The largest element along one axis, or over all elements.</summary>
    public static Node Max(this Node x, int? axis = null, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceMax(axis, keep), name, file, line);

    /// <summary>The largest element along several axes.</summary>
    public static Node Max(this Node x, int[] axes, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceMax(axes, keep), name, file, line);
}
