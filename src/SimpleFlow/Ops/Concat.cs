using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Joins tensors along one axis; all other sizes are equal. Each input gets back its own part of the upstream gradient.</summary>
public sealed record Concat : Op
{
    /// <summary>With the source as the first and the <paramref name="others"/> after it.</summary>
    public Concat(int axis, params Node[] others) : base(others) => Along = axis;

    /// <summary>The axis to join along; negative: counted from the last.</summary>
    public int Along { get; }

    internal override string Attributes => $"axis {Along}";

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var first = inputs[0];
        var axis = Axis.Of(Along, first);
        var shape = first.Shape;
        long? length = 0;
        foreach (var next in inputs)
        {
            if (next.ElementType != first.ElementType)
                throw new ShapeException($"the element types differ. {first} is {first.ElementType}, {next} is {next.ElementType}.", "Convert with Cast().");
            var fits = next.Shape.Rank == shape.Rank;
            for (var i = 0; fits && i < shape.Rank; i++)
            {
                if (i == axis) continue;
                if (shape[i] is null) shape = shape.With(i, next.Shape[i]);
                fits = next.Shape[i] is null || next.Shape[i] == shape[i];
            }
            if (!fits)
                throw new ShapeException($"the shapes differ beside axis {axis}. {first} is {first.Shape}, {next} is {next.Shape}.", "All sizes but the joined one must be equal.");
            length += next.Shape[axis];
        }
        return new Signature(shape.With(axis, length), first.ElementType);
    }

    internal override Node? Gradient(Operation node, Node upstream, int input) => Flow.AddFlow(upstream, new ConcatPart(Along, input, node.InputArray));

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var axis = Along < 0 ? Along + inputs[0].Rank : Along;
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

    // What is joined and then joined again along the same axis is joined at once.
    internal override Node? Simplify(Operation node)
    {
        if (node.InputArray.Length == 1) return node.InputArray[0];
        var axis = Along < 0 ? Along + node.Shape.Rank : Along;
        Node[] parts = [.. node.InputArray.SelectMany(part => part is Operation { Op: Concat inner } joined && (inner.Along < 0 ? inner.Along + node.Shape.Rank : inner.Along) == axis ? joined.InputArray : [part])];
        return parts.Length > node.InputArray.Length ? Flow.Concat(axis, parts) : null;
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var axis = Along < 0 ? Along + binding.Output.Sizes.Length : Along;
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

/// <summary>The part of the upstream gradient of a <see cref="Concat"/> that belongs to one input. Inputs: the upstream gradient, then all that were joined, of which only the shapes matter.</summary>
internal sealed record ConcatPart : Op
{
    public ConcatPart(int axis, int index, Node[] joined) : base(joined) => (Along, Index) = (axis, index);

    public int Along { get; }

    public int Index { get; }

    internal override string Attributes => $"part {Index}, axis {Along}";

    internal override bool UsesOnlyShape(int input) => input > 0;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[Index + 1].Shape, inputs[0].ElementType);

    internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        if (input > 0) return null;
        // Zeros everywhere but in this part: the other parts' places are filled with zeros of their shapes.
        var parts = node.InputArray[1..].Select((joined, i) => i == Index ? upstream : ((Node)0f).BroadcastLike(joined)).ToArray();
        return Flow.Concat(Along, parts);
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (axis, start) = Place(Array.ConvertAll(inputs, input => input.Sizes));
        return Slice.Take(inputs[0], axis, start, step: 1, inputs[Index + 1].Sizes[axis]);
    }

    internal override Node? Lower(Operation node)
    {
        var (axis, start) = Place(Array.ConvertAll(node.InputArray, input => input.Shape.ToSizes()));
        return node.InputArray[0].Slice(axis, start, start + node.Shape[axis]!.Value);
    }

    private (int Axis, int Start) Place(int[][] sizes)
    {
        var axis = Along < 0 ? Along + sizes[0].Length : Along;
        var start = 0;
        for (var i = 0; i < Index; i++) start += sizes[i + 1][axis];
        return (axis, start);
    }

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("A part is a slice once the shapes are known.");
}

public static partial class Flow
{
    /// <summary>Joins tensors along <paramref name="axis"/>.</summary>
    /// <exception cref="ArgumentException">There is nothing to join.</exception>
    public static Node Concat(int axis, Node[] parts, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(parts);
        if (parts.Length == 0) throw new ArgumentException("Concat: there is nothing to join.", nameof(parts));
        return AddFlow(parts[0], new Concat(axis, parts[1..]), name, file, line);
    }
}
