using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Extends a tensor along one axis by zeros on either side. The gradient is the middle of the upstream gradient.</summary>
/// <param name="Along">The axis; a negative axis counts from the last.</param>
/// <param name="Before">How many zeros come before the first element.</param>
/// <param name="After">How many come after the last.</param>
public sealed record Pad(int Along, long Before, long After) : Op
{
    protected internal override string Attributes => $"axis {Along}, {Before} before, {After} after";

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        if (Before < 0 || After < 0)
            throw new ShapeException($"the padding is {Before} before and {After} after.",
                "Padding must not be negative; to cut, use Slice().");
        var axis = Axis.Of(Along, x);
        return new Signature(x.Shape.With(axis, Shape.Sum(Shape.Sum(x.Shape[axis], Before), After)), x.ElementType);
    }

    // There may be no padding after the elements, so the end is counted from the end only if there is some.
    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        upstream.Slice(Along, Before, After == 0 ? null : -After);

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var axis = AxisOf(x.Rank);
        var result = new PlainTensor(x.Shape.With(axis, x.Sizes[axis] + Before + After));
        var index = new int[x.Rank];
        for (var i = 0; i < x.Count; i++)
        {
            x.IndexOf(i, index);
            index[axis] += (int)Before;
            result.Elements[result.Offset(index)] = x.Elements[i];
        }
        return result;
    }

    internal override Node? Simplify(Operation node) => Before == 0 && After == 0 ? node.InputArray[0] : null;

    internal int AxisOf(int rank) => Axis.Of(Along, rank);

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var (outer, size, inner) = Axis.Split(binding.Output.Sizes, AxisOf(binding.Output.Sizes.Length));
        var length = (int)(size - Before - After);
        return new Sequence(
            new Clear(binding.Output.Pointer, binding.Output.Count),
            new BlockCopy(
                new Block(binding.Inputs[0].Pointer, (long)length * inner, inner),
                new Block(binding.Output.Pointer + Before * inner, (long)size * inner, inner), outer, length, inner));
    }
}

public static partial class Flow
{
    /// <summary>Adds zeros before and after the elements along an axis.</summary>
    public static Node Pad(this Node x, int axis, long before, long after, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Pad(axis, before, after), name, file, line);

    /// <summary>Continues a tensor along an axis by its own elements.</summary>
    /// <param name="x">Of a known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="before">How many elements come before the first.</param>
    /// <param name="after">How many come after the last.</param>
    /// <param name="mode">Which elements.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown, or there are too few elements to mirror.</exception>
    public static Node Pad(this Node x, int axis, int before, int after, PadMode mode, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(before);
        ArgumentOutOfRangeException.ThrowIfNegative(after);
        var (along, length) = Axis.Known(nameof(Pad), x, axis);
        var most = mode == PadMode.Reflect ? length - 1 : length == 0 ? 0 : int.MaxValue;
        if (Math.Max(before, after) > most)
            throw ShapeException.Of(nameof(Pad), [x], new ShapeException(
                $"`{x.Label}` {x.Shape} has the size {length} along axis {along}, which cannot be continued by {Math.Max(before, after)} "
                    + $"with {mode}.", "Mirroring leaves the edge out, so it has one element less than the axis; pad by less."));
        return x.At(along, Enumerable.Range(-before, length + before + after).Select(at => mode switch
        {
            PadMode.Replicate => Math.Clamp(at, 0, length - 1),
            PadMode.Circular => ((at % length) + length) % length,
            // … 2 1 | 0 1 2 3 | 2 1 …
            _ => at < 0 ? -at : at < length ? at : 2 * (length - 1) - at,
        }), name, file, line);
    }

    /// <summary>Continues images [batch, channels, height, width] by their own pixels.</summary>
    /// <exception cref="ShapeException">The height or width is unknown, or there are too few pixels to mirror.</exception>
    public static Node Pad(this Node x, Padding padding, PadMode mode, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        x.Pad(2, padding.Top, padding.Bottom, mode, null, file, line).Pad(3, padding.Left, padding.Right, mode, name, file, line);

    /// <summary>Adds zeros around images [batch, channels, height, width].</summary>
    /// <exception cref="ShapeException">The input is not images, or the padding is negative.</exception>
    public static Node Pad(this Node x, Padding padding, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        x.Pad(2, padding.Top, padding.Bottom, null, file, line).Pad(3, padding.Left, padding.Right, name, file, line);
}

/// <summary>By which of its own elements a tensor is continued beyond its edges.</summary>
public enum PadMode
{
    /// <summary>Mirrored at the edge, which is not repeated: 2 1 | 0 1 2 3 | 2 1.</summary>
    Reflect,

    /// <summary>The element at the edge: 0 0 | 0 1 2 3 | 3 3.</summary>
    Replicate,

    /// <summary>From the other end: 2 3 | 0 1 2 3 | 0 1.</summary>
    Circular,
}
