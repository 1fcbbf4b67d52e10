using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>
/// y = Σ x along the axes. ∂loss/∂x = upstream, spread back over them. The sum of no elements is 0. The compiled sum adds blocks in a fixed
/// order, whatever the number of threads.
/// </summary>
public sealed record ReduceSum : Reduce
{
    /// <summary>Over one axis (a negative axis counts from the last), or over all axes.</summary>
    public ReduceSum(int? axis = null, bool keep = false) : base(axis is { } one ? [one] : null, keep) { }

    /// <summary>Over several axes.</summary>
    public ReduceSum(int[] axes, bool keep = false) : base(axes, keep) { }

    private protected override ReductionKind Kind => ReductionKind.Sum;

    private protected override double Start => 0;

    private protected override double Take(double sofar, double x) => sofar + x;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        SpreadBack(node, upstream);                                        // [kept] → [x]

    private protected override Op Over(int[] axes, bool keep) => new ReduceSum(axes, keep);
}

public static partial class Flow
{
    /// <summary>The sum along one axis, or over all elements.</summary>
    public static Node Sum(this Node x, int? axis = null, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceSum(axis, keep), name, file, line);

    /// <summary>The sum along several axes.</summary>
    public static Node Sum(this Node x, int[] axes, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceSum(axes, keep), name, file, line);
}
