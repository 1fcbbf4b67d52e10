using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>y = Σ x / n along the axes, where n is their number of elements. ∂loss/∂x = upstream / n, spread back over them. The mean of no
/// elements is NaN.</summary>
public sealed record ReduceMean : Reduce
{
    /// <summary>Over one axis (a negative axis counts from the last), or over all axes.</summary>
    public ReduceMean(int? axis = null, bool keep = false) : base(axis is { } one ? [one] : null, keep) { }

    /// <summary>Over several axes.</summary>
    public ReduceMean(int[] axes, bool keep = false) : base(axes, keep) { }

    private protected override ReductionKind Kind => ReductionKind.Mean;

    private protected override double Start => 0;

    private protected override double Take(double sofar, double x) => sofar + x;

    private protected override double Finish(double sofar, int count) => sofar / count;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        SpreadBack(node, upstream / CountOf(node.InputArray[0]));          // [kept] → [x]

    private Node CountOf(Node x)
    {
        var count = 1L;
        foreach (var axis in Axis.All(Axes, x.Shape.Rank))
        {
            if (x.Shape[axis] is not { } size) return Flow.AddFlow(x, new CountElements(Axes?.ToArray()));
            count *= size;
        }
        return (float)count;
    }

    private protected override Op Over(int[] axes, bool keep) => new ReduceMean(axes, keep);
}

public static partial class Flow
{
    /// <summary>The mean along one axis, or over all elements.</summary>
    public static Node Mean(this Node x, int? axis = null, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceMean(axis, keep), name, file, line);

    /// <summary>The mean along several axes.</summary>
    public static Node Mean(this Node x, int[] axes, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ReduceMean(axes, keep), name, file, line);
}
