using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Every <paramref name="Step"/>-th element from <paramref name="Start"/> up to, but not including, <paramref name="End"/> along one axis.
/// As in ONNX and NumPy, negative positions count from the end, and positions beyond the end are clamped to it. The gradient is the
/// upstream gradient in the slice's places, and zeros elsewhere.
/// </summary>
/// <param name="Along">The axis; a negative axis counts from the last.</param>
/// <param name="Start">The first position.</param>
/// <param name="End">The position after the last; null for the end.</param>
/// <param name="Step">The distance between positions, at least 1.</param>
public sealed record Slice(int Along, long Start, long? End = null, long Step = 1) : Op
{
    /// <summary>Whether a plan reads it where it lies, in the memory of what is sliced: <see cref="Of(Region)"/>.</summary>
    internal bool IsInPlace { get; init; }

    protected internal override string Attributes => $"axis {Along}, {Range}";

    private string Range => $"{Start}..{End}{(Step == 1 ? "" : $" step {Step}")}";

    protected internal override Formula Notation(Formula[] inputs) => new Indexed(inputs[0], Range);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        if (Step < 1) throw new ShapeException($"the step {Step} is not positive.", "Steps run forward; write a step of at least 1.");
        var axis = Axis.Of(Along, x);
        long? length = x.Shape[axis] is { } size ? Places(size).Length : null;
        return new Signature(x.Shape.With(axis, length), x.ElementType);
    }

    private (long First, long Length) Places(long size)
    {
        var first = Math.Clamp(Start < 0 ? Start + size : Start, 0, size);
        var last = End is null ? size : Math.Clamp(End.Value < 0 ? End.Value + size : End.Value, 0, size);
        return (first, last <= first ? 0 : (last - first - 1) / Step + 1);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Flow.AddFlow(upstream, new Unslice(this, node.InputArray[0]));

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var axis = Along < 0 ? Along + inputs[0].Rank : Along;
        var (first, length) = Places(inputs[0].Sizes[axis]);
        return Take(inputs[0], axis, (int)first, Step, (int)length);
    }

    internal static PlainTensor Take(PlainTensor x, int axis, int start, long step, int length)
    {
        var result = new PlainTensor(x.Shape.With(axis, length));
        var index = new int[x.Rank];
        for (var i = 0; i < result.Count; i++)
        {
            result.IndexOf(i, index);
            index[axis] = (int)(start + index[axis] * step);
            result.Elements[i] = x.Elements[x.Offset(index)];
        }
        return result;
    }

    internal override Node? Simplify(Operation node) => node.InputArray[0].Shape.Equals(node.Shape) ? node.InputArray[0] : null;

    /// <summary>Whether its elements lie together in what is sliced, without gaps.</summary>
    internal bool IsOnePiece(Operation node)
    {
        var sizes = node.InputArray[0].Shape.ToSizes();
        return Step == 1 && Axis.Split(sizes, Along < 0 ? Along + sizes.Length : Along).Outer == 1;
    }

    /// <summary>The piece of a tensor without gaps that the slice is, for a step of 1.</summary>
    internal unsafe Region Of(Region whole)
    {
        var axis = Along < 0 ? Along + whole.Sizes.Length : Along;
        var (outer, size, inner) = Axis.Split(whole.Sizes, axis);
        var (first, length) = Places(size);
        int[] sizes = [.. whole.Sizes];
        sizes[axis] = (int)length;
        return new Region(whole.Pointer + first * inner, sizes, outer == 1 ? null : PlainTensor.StridesOf(whole.Sizes));
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var axis = Along < 0 ? Along + binding.Output.Sizes.Length : Along;
        var (outer, size, inner) = Axis.Split(binding.Inputs[0].Sizes, axis);
        var (first, length) = Places(size);
        return new BlockCopy(
            new Block(binding.Inputs[0].Pointer + first * inner, (long)size * inner, Math.Min(Step, size) * inner),
            new Block(binding.Output.Pointer, length * inner, inner), outer, (int)length, inner);
    }

    /// <summary>The gradient of a slice: zeros of the sliced tensor's shape with the upstream gradient in the slice's places.</summary>
    internal sealed record Unslice : Op
    {
        public Unslice(Slice slice, Node sliced) : base(sliced) => Slice = slice;

        private Slice Slice { get; }

        protected internal override string Attributes => Slice.Attributes;

        internal override bool UsesOnlyShape(int input) => input == 1;

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[1].Shape, inputs[0].ElementType);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input == 0 ? Flow.AddFlow(upstream, Slice) : null;

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var result = new PlainTensor(inputs[1].Shape);
            var axis = Slice.Along < 0 ? Slice.Along + result.Rank : Slice.Along;
            var (first, _) = Slice.Places(result.Sizes[axis]);
            var index = new int[result.Rank];
            for (var i = 0; i < inputs[0].Count; i++)
            {
                inputs[0].IndexOf(i, index);
                index[axis] = (int)(first + index[axis] * Slice.Step);
                result.Elements[result.Offset(index)] = inputs[0].Elements[i];
            }
            return result;
        }

        internal override Node? Lower(Operation node)
        {
            var axis = Slice.Along < 0 ? Slice.Along + node.Shape.Rank : Slice.Along;
            var (first, length) = Slice.Places(node.Shape[axis]!.Value);
            return Slice.Step == 1 ? node.InputArray[0].Pad(axis, first, node.Shape[axis]!.Value - first - length) : null;
        }

        internal override unsafe Kernel Compile(in Binding binding)
        {
            var axis = Slice.Along < 0 ? Slice.Along + binding.Output.Sizes.Length : Slice.Along;
            var (outer, size, inner) = Axis.Split(binding.Output.Sizes, axis);
            var (first, length) = Slice.Places(size);
            return new Sequence(
                new Clear(binding.Output.Pointer, binding.Output.Count),
                new BlockCopy(
                    new Block(binding.Inputs[0].Pointer, length * inner, inner),
                    new Block(binding.Output.Pointer + first * inner, (long)size * inner, Math.Min(Slice.Step, size) * inner), outer,
                    (int)length, inner));
        }
    }
}

public static partial class Flow
{
    /// <summary>The elements from <paramref name="start"/> up to, but not including, <paramref name="end"/> along
    /// <paramref name="axis"/>.</summary>
    public static Node Slice(this Node x, int axis, long start, long? end = null, long step = 1, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Slice(axis, start, end, step), name, file, line);
}
