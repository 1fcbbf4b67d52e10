using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Joins tensors along one axis; all other sizes must be equal. Each input gets its own part of the upstream gradient
/// back.</summary>
public sealed record Concat : Op
{
    /// <summary>Creates the op with the source first, then the <paramref name="others"/>.</summary>
    public Concat(Node[] others, int axis) : base(others) => Along = axis;

    /// <summary>The axis to join along; a negative axis counts from the last.</summary>
    public int Along { get; }

    protected internal override string Attributes => $"axis {Along}";

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var first = inputs[0];
        var axis = Axis.Of(Along, first);
        var shape = first.Shape;
        long? length = 0;
        foreach (var next in inputs)
        {
            if (next.ElementType != first.ElementType)
                throw new ShapeException($"the element types differ. {first} is {first.ElementType}, {next} is {next.ElementType}.",
                    "Convert with Cast().");
            var fits = next.Shape.Rank == shape.Rank;
            for (var i = 0; fits && i < shape.Rank; i++)
            {
                if (i == axis) continue;
                if (shape[i] is null) shape = shape.With(i, next.Shape[i]);
                fits = next.Shape[i] is null || next.Shape[i] == shape[i];
            }
            if (!fits)
                throw new ShapeException($"the shapes differ outside axis {axis}. {first} is {first.Shape}, {next} is {next.Shape}.",
                    "All sizes but the joined one must be equal.");
            length += next.Shape[axis];
        }
        return new Signature(shape.With(axis, length), first.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Gradients(node, upstream, index => index == input).Single().Gradient;

    // Each part must know where the ones before it end. A separate chain holds this, so that n parts have 2n inputs and not n².
    internal override IEnumerable<(int Input, Node Gradient)> Gradients(Operation node, Node upstream, Predicate<int> isNeeded)
    {
        Node? before = null;
        for (var i = 0; i < node.InputArray.Length; i++)
        {
            var part = node.InputArray[i];
            if (isNeeded(i)) yield return (i, Flow.AddFlow(upstream, new ConcatPart(Along, i, part, before)));
            before = Flow.AddFlow(part, new ConcatPlace(Along, before));
        }
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var axis = AxisOf(inputs[0].Rank);
        var result = new PlainTensor(inputs[0].Shape.With(axis, inputs.Sum(input => input.Sizes[axis])));
        var index = new int[result.Rank];
        var start = 0;
        foreach (var x in inputs)
        {
            for (var i = 0; i < x.Count; i++)
            {
                x.IndexOf(i, index);
                index[axis] += start;
                result.Elements[result.Offset(index)] = x.Elements[i];
            }
            start += x.Sizes[axis];
        }
        return result;
    }

    internal override Node? Simplify(Operation node) => node.InputArray.Length == 1 ? node.InputArray[0] : null;

    internal int AxisOf(int rank) => Axis.Of(Along, rank);

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var axis = AxisOf(binding.Output.Sizes.Length);
        var (outer, total, inner) = Axis.Split(binding.Output.Sizes, axis);
        var copies = new Kernel[binding.Inputs.Length];
        var start = 0;
        for (var i = 0; i < copies.Length; i++)
        {
            var length = binding.Inputs[i].Sizes[axis];
            copies[i] = new BlockCopy(
                new Block(binding.Inputs[i].Pointer, (long)length * inner, inner),
                new Block(binding.Output.Pointer + (long)start * inner, (long)total * inner, inner), outer, length, inner);
            start += length;
        }
        return new Sequence(copies);
    }
}

public static partial class Flow
{
    /// <summary>Joins tensors along <paramref name="axis"/>.</summary>
    /// <exception cref="ArgumentException">There are no tensors to join.</exception>
    public static Node Concat(Node[] parts, int axis, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0) throw new ArgumentException("Concat: there are no tensors to join.", nameof(parts));
        return AddFlow(parts[0], new Concat(parts[1..], axis), name, file, line);
    }
}
