using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>
/// Picks slices of the source along one axis by index: the axes of the indices replace that axis. Every index must be from 0 to the axis'
/// size − 1: a run with an index outside this range ends with a <see cref="DataException"/> and changes nothing. ONNX lets −1 count from
/// the end; here it is refused, because it usually marks a missing value. A slice that was picked several times gets the sum of the
/// gradients.
/// </summary>
public sealed record Gather : Op
{
    /// <summary>Creates the op with the table as the source.</summary>
    public Gather(Node indices, int axis = 0) : base(indices) => Along = axis;

    /// <summary>The axis to pick along; a negative axis counts from the last.</summary>
    public int Along { get; }

    protected internal override string Attributes => $"axis {Along}";

    protected internal override Formula Notation(Formula[] inputs) => new Indexed(inputs[0], inputs[1]);

    internal override IndexRange? Indices(ReadOnlySpan<Shape> inputs) => RangeOf(inputs, table: 0, Along);

    private static IndexRange RangeOf(ReadOnlySpan<Shape> inputs, int table, int along) =>
        new(Input: 1, inputs[table][along < 0 ? along + inputs[table].Rank : along] ?? 0, Table: table);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (table, indices) = (inputs[0], inputs[1]);
        if (indices.ElementType != ElementType.Int32)
            throw new ShapeException($"the indices {indices} are {indices.ElementType}; {ElementType.Int32} is needed.",
                "Declare the placeholder with ElementType.Int32.");
        var axis = Axis.Of(Along, table);
        return new Signature(table.Shape.Slice(0, axis).Append(indices.Shape)
            .Append(table.Shape.Slice(axis + 1, table.Shape.Rank - axis - 1)), table.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        input == 0 ? Flow.AddFlow(upstream, new ScatterAdd(node.InputArray[1], node.InputArray[0], Along)) : null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var (table, indices) = (inputs[0], inputs[1]);
        var axis = Along < 0 ? Along + table.Rank : Along;
        var (outer, length, inner) = Axis.Split(table.Sizes, axis);
        var result = new PlainTensor(Shape.Of([.. table.Sizes[..axis], .. indices.Sizes, .. table.Sizes[(axis + 1)..]]));
        for (var i = 0; i < outer; i++)
        {
            for (var j = 0; j < indices.Count; j++)
            {
                var index = (int)indices.Elements[j];
                for (var k = 0; k < inner;
                k++)
                    result.Elements[(i * indices.Count + j) * inner + k] = table.Elements[(i * length + index) * inner + k];
            }
        }
        return result;
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var table = binding.Inputs[0];
        var (outer, length, inner) = Axis.Split(table.Sizes, Along < 0 ? Along + table.Sizes.Length : Along);
        return new GatherKernel(table.Pointer, binding.Inputs[1].Integers, binding.Output.Pointer, outer, length, binding.Inputs[1].Count,
            inner);
    }

    /// <summary>The gradient of gathering: zeros of the table's shape, to which the upstream gradient's slices are added at their
    /// indices.</summary>
    internal sealed record ScatterAdd : Op
    {
        public ScatterAdd(Node indices, Node table, int axis) : base(indices, table) => Along = axis;

        private int Along { get; }

        protected internal override string Attributes => $"axis {Along}";

        internal override bool UsesOnlyShape(int input) => input == 2;

        internal override IndexRange? Indices(ReadOnlySpan<Shape> inputs) => RangeOf(inputs, table: 2, Along);

        internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[2].Shape);

        protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
            input == 0 ? Flow.AddFlow(upstream, new Gather(node.InputArray[1], Along)) : null;

        internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
        {
            var (upstream, indices, result) = (inputs[0], inputs[1], new PlainTensor(inputs[2].Shape));
            var (outer, length, inner) = Axis.Split(result.Sizes, Along < 0 ? Along + result.Rank : Along);
            for (var i = 0; i < outer; i++)
            {
                for (var j = 0; j < indices.Count; j++)
                {
                    var index = (int)indices.Elements[j];
                    for (var k = 0; k < inner;
                    k++)
                        result.Elements[(i * length + index) * inner + k] += upstream.Elements[(i * indices.Count + j) * inner + k];
                }
            }
            return result;
        }

        internal override long ScratchFloats(Operation node, int parts)
        {
            var (_, length, inner) = Split(node.Shape.ToSizes());
            return parts * ScatterAddKernel.ScratchPerPart(length, (int)node.InputArray[1].Shape.ElementCount, inner);
        }

        internal override unsafe Kernel Compile(in Binding binding)
        {
            var (outer, length, inner) = Split(binding.Output.Sizes);
            return new ScatterAddKernel(binding.Inputs[0].Pointer, binding.Inputs[1].Integers, binding.Output.Pointer, outer, length,
                binding.Inputs[1].Count, inner, binding.Scratch);
        }

        private (int Outer, int Length, int Inner) Split(int[] sizes) => Axis.Split(sizes, Along < 0 ? Along + sizes.Length : Along);
    }
}

public static partial class Flow
{
    /// <summary>Picks the slices of this table along <paramref name="axis"/> that <paramref name="indices"/> name, each from 0 to the axis'
    /// size − 1.</summary>
    public static Node Gather(this Node table, Node indices, int axis = 0, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(table, new Gather(indices, axis), name, file, line);
}
