using System.Diagnostics;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// The part of the upstream gradient of a <see cref="Concat"/> that belongs to one input. Inputs: the upstream gradient, then the input
/// that was joined, then the place where it begins, unless it is the first. Only the shapes of the last two matter.
/// </summary>
internal sealed record ConcatPart : Op
{
    public ConcatPart(int axis, int index, Node joined, Node? place) : base(place is null ? [joined] : [joined, place]) =>
        (Along, Index) = (axis, index);

    public int Along { get; }

    public int Index { get; }

    protected internal override string Attributes => $"part {Index}, axis {Along}";

    protected internal override Formula Notation(Formula[] inputs) => new Indexed(inputs[0], Attributes);

    internal override bool UsesOnlyShape(int input) => input > 0;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[1].Shape, inputs[0].ElementType);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        input > 0 ? null : Flow.AddFlow(upstream, new Unpart(Along, Index, node.InputArray[0], node.InputArray.ElementAtOrDefault(2)));

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var axis = Axis.Of(Along, inputs[0].Rank);
        return Slice.Take(inputs[0], axis, (int)ConcatPlace.Start(inputs.ElementAtOrDefault(2)?.Shape), step: 1, inputs[1].Sizes[axis]);
    }

    internal override Node? Lower(Operation node)
    {
        var axis = Axis.Of(Along, node.Shape.Rank);
        var start = ConcatPlace.Start(node.InputArray.ElementAtOrDefault(2)?.Shape);
        return node.InputArray[0].Slice(axis, start, start + node.Shape[axis]!.Value);
    }

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("A part is a slice once the shapes are known.");

    /// <summary>The gradient of a part: zeros of the joined tensor's shape, with the upstream gradient in the part's place. Inputs: the
    /// upstream gradient, the joined tensor, the place.</summary>
    internal sealed record Unpart : Op
    {
        public Unpart(int axis, int index, Node joined, Node? place) : base(place is null ? [joined] : [joined, place]) =>
            (Along, Index) = (axis, index);

        public int Along { get; }

        public int Index { get; }

        protected internal override string Attributes => $"part {Index}, axis {Along}";

        protected internal override Formula Notation(Formula[] inputs) => new Call("unpart", inputs[0], Attributes);

        internal override bool UsesOnlyShape(int input) => input > 0;

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[1].Shape, inputs[0].ElementType);

        // This op and its opposite undo each other: they have the same places, and each other's shapes.
        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input > 0 ? null
                : Flow.AddFlow(upstream, new ConcatPart(Along, Index, node.InputArray[0], node.InputArray.ElementAtOrDefault(2)));

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var (axis, start, after) = Around(inputs[0].Shape, inputs[1].Shape, inputs.ElementAtOrDefault(2)?.Shape);
            return new Pad(axis, start, after).Evaluate([inputs[0]], step);
        }

        internal override Node? Lower(Operation node)
        {
            var (axis, start, after) = Around(node.InputArray[0].Shape, node.Shape, node.InputArray.ElementAtOrDefault(2)?.Shape);
            return node.InputArray[0].Pad(axis, start, after);
        }

        private (int Axis, long Start, long After) Around(Shape part, Shape joined, Shape? place)
        {
            var axis = Axis.Of(Along, joined.Rank);
            var start = ConcatPlace.Start(place);
            return (axis, start, joined[axis]!.Value - start - part[axis]!.Value);
        }

        internal override Kernel Compile(in Binding binding) =>
            throw new UnreachableException("A part with zeros around it is padded once the shapes are known.");
    }
}

/// <summary>
/// Where the next part of a <see cref="Concat"/> begins: after the source, which itself begins at the place given by the operand, if there
/// is one. The number is the size of the first axis, because it may be unknown until the feed; the second axis is empty, so nothing is ever
/// stored.
/// </summary>
internal sealed record ConcatPlace : Op
{
    public ConcatPlace(int axis, Node? before) : base(before is null ? [] : [before]) => Along = axis;

    public int Along { get; }

    protected internal override string Attributes => $"axis {Along}";

    // A chain as long as the list of parts: too long for people to read.
    protected internal override Formula Notation(Formula[] inputs) => "…";

    internal override bool UsesOnlyShape(int input) => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var start = inputs.Length > 1 ? inputs[1].Shape[0] : 0;
        var size = inputs[0].Shape[Axis.Of(Along, inputs[0].Shape.Rank)];
        return Signature.Float([start is { } known ? Shape.Sum(size, known) : null, 0]);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) =>
        new(Shape.Of(inputs[0].Sizes[Axis.Of(Along, inputs[0].Rank)] + (inputs.Length > 1 ? inputs[1].Sizes[0] : 0), 0));

    /// <summary>The number; 0 for the first part, which has no place.</summary>
    public static long Start(Shape? place) => place?[0]!.Value ?? 0;

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("Only the shape of a place is ever needed.");
}
