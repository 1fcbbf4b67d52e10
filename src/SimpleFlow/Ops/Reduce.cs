using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>An op that reduces all elements along some axes to one.</summary>
public abstract record Reduce : Op
{
    private const int RowsWorthSplitting = 32, LongestMadeByOne = 8 * Reduction.RowBlock;

    private protected Reduce(int[]? axes, bool keep)
    {
        Axes = axes is null ? null : new ValueList<int>(axes);
        Keep = keep;
    }

    /// <summary>The axes as they were written, a negative one counted from the last; null for all.</summary>
    public IReadOnlyList<int>? Axes { get; }

    /// <summary>Whether the reduced axes stay, with size 1.</summary>
    public bool Keep { get; }

    protected internal override string Attributes => $"{(Axes is null ? "all axes" : $"axes {Axes}")}{(Keep ? ", kept" : "")}";

    protected internal override Formula Notation(Formula[] inputs) =>
        new Reduced(Kind.ToString().ToLowerInvariant(), inputs[0], Axes is null ? null : string.Join(", ", Axes));

    private protected abstract ReductionKind Kind { get; }

    private protected abstract double Start { get; }

    private protected abstract double Take(double sofar, double x);

    private protected virtual double Finish(double sofar, int count) => sofar;

    private protected abstract Op Over(int[] axes, bool keep);

    internal sealed override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        if (x.ElementType != ElementType.Float32)
            throw new ShapeException($"{x} is {x.ElementType}; {ElementType.Float32} is needed.", "Convert it with Cast().");
        var axes = Axis.All(Axes, x);
        var shape = x.Shape;
        for (var i = axes.Length - 1; i >= 0; i--) shape = Keep ? shape.With(axes[i], 1) : shape.Without(axes[i]);
        return Signature.Float(shape);
    }

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var axes = Axis.All(Axes, x.Rank);
        var kept = new PlainTensor(Shape.Of([.. x.Sizes.Select((size, axis) => axes.Contains(axis) ? 1 : size)]));
        Array.Fill(kept.Elements, Start);
        var index = new int[x.Rank];
        for (var i = 0; i < x.Count; i++)
        {
            x.IndexOf(i, index);
            var at = kept.BroadcastOffset(index);
            kept.Elements[at] = Take(kept.Elements[at], x.Elements[i]);
        }
        var count = axes.Aggregate(1, (product, axis) => product * x.Sizes[axis]);
        var elements = Array.ConvertAll(kept.Elements, sofar => Finish(sofar, count));
        return new PlainTensor(Shape.Of([.. x.Sizes.Where((_, axis) => Keep || !axes.Contains(axis))
            .Select((size, axis) => Keep && axes.Contains(axis) ? 1 : size)]), elements);
    }

    /// <summary><paramref name="value"/> (of the result's shape) with the reduced axes restored as size 1, so that it broadcasts to the
    /// input.</summary>
    private protected Node WithReducedAxes(Operation node, Node value)
    {
        if (Keep) return value;
        var axes = Axis.All(Axes, node.InputArray[0].Shape.Rank);
        return axes.Length == 0 ? value : Flow.AddFlow(value, new Unsqueeze(axes));
    }

    private protected Node SpreadBack(Operation node, Node value) => WithReducedAxes(node, value).BroadcastLike(node.InputArray[0]);

    internal sealed override Node? Simplify(Operation node) => ChangesNothing(node) ? node.InputArray[0].Reshape(node.Shape) : null;

    /// <summary>Whether there is only one element along the axes.</summary>
    internal bool ChangesNothing(Operation node) =>
        Axis.All(Axes, node.InputArray[0].Shape.Rank).All(axis => node.InputArray[0].Shape[axis] == 1);

    // The kernel reduces one run of neighbouring axes: of several runs it reduces the innermost first, then the rest.
    internal sealed override Node? Lower(Operation node)
    {
        var x = node.InputArray[0];
        var axes = Axis.All(Axes, x.Shape.Rank);
        var run = axes.Length - 1;
        while (run > 0 && axes[run - 1] == axes[run] - 1) run--;
        if (run <= 0) return null;
        var first = Flow.AddFlow(x, Over(axes[run..], keep: true));
        return Flow.AddFlow(first, Over(axes[..run], keep: true)).Reshape(node.Shape);
    }

    internal sealed override bool TakesOver(Operation node, Shape made)
    {
        var (outer, length, inner) = Runs(node.InputArray[0].Shape.ToSizes());
        if (inner > 1 || length == 0) return false;
        // Blocks of rows must not leave a remainder of one to three elements: see TileKernel.
        var isOneBlock = outer == 1 && length <= Reduction.RowBlock;
        if (!isOneBlock && (length % 4 != 0 || made[made.Rank - 1] % 4 != 0)) return false;
        // A few long rows would be reduced on one thread: many elements are better computed on all threads first.
        return outer >= RowsWorthSplitting || length <= LongestMadeByOne;
    }

    internal sealed override long ScratchFloats(Operation node, int parts) =>
        Runs(node.InputArray[0].Shape.ToSizes()).Inner == 1 ? (long)parts * Reduction.RowBlock : 0;

    // The cost is in what is read, not in the little that is written.
    internal override double Cost(Operation node) => node.InputArray[0].Shape.ElementCount * 0.1;

    internal sealed override unsafe Kernel Compile(in Binding binding)
    {
        var (outer, length, inner) = Runs(binding.Inputs[0].Sizes);
        return new Reduction(Kind, binding.Inputs[0].Pointer, binding.Output.Pointer, outer, length, inner)
        {
            Program = binding.Program,
            Blocks = binding.Scratch
        };
    }

    /// <summary>The elements before the reduced axes, along them, and after them.</summary>
    private (int Outer, int Length, int Inner) Runs(int[] sizes)
    {
        var axes = Axis.All(Axes, sizes.Length);
        var (outer, length, inner) = (1, 1, 1);
        for (var axis = 0; axis < sizes.Length; axis++)
        {
            if (axes.Length > 0 && axis < axes[0]) outer *= sizes[axis];
            else if (axes.Contains(axis)) length *= sizes[axis];
            else inner *= sizes[axis];
        }
        return (outer, length, inner);
    }
}
