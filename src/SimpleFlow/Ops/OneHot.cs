using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>
/// Turns each class index into a row that is 1 at the index and 0 elsewhere. Every index must be from 0 to <paramref name="Classes"/> − 1:
/// a run with an index outside this range ends with a <see cref="DataException"/> and changes nothing. Nothing flows back.
/// </summary>
/// <param name="Classes">The number of classes, which is the width of a row.</param>
/// <param name="IgnoreIndex">An index for rows that do not count, such as −100: it gives a row of zeros.</param>
public sealed record OneHot(int Classes, int? IgnoreIndex = null) : Op
{
    protected internal override string Attributes =>
        IgnoreIndex is { } ignored ? $"{Classes} classes, ignoring {ignored}" : $"{Classes} classes";

    internal override IndexRange? Indices(ReadOnlySpan<Shape> inputs) => new IndexRange(0, Classes, IgnoreIndex);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        if (inputs[0].ElementType != ElementType.Int32)
            throw new ShapeException($"{inputs[0]} is {inputs[0].ElementType}; {ElementType.Int32} is needed.",
                "Declare the placeholder of the labels with ElementType.Int32.");
        if (Classes < 1) throw new ShapeException($"the number of classes is {Classes}.", "Give at least one class.");
        return Signature.Float(inputs[0].Shape.Append([Classes]));
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var result = new PlainTensor(inputs[0].Shape.Append([Classes]));
        for (var i = 0; i < inputs[0].Count; i++)
        {
            var index = inputs[0].Elements[i];
            if (index != IgnoreIndex) result.Elements[i * Classes + (int)index] = 1;
        }
        return result;
    }

    internal override unsafe Kernel Compile(in Binding binding) =>
        new OneHotKernel(binding.Inputs[0].Integers, binding.Output.Pointer, binding.Inputs[0].Count, Classes, IgnoreIndex);
}

public static partial class Flow
{
    /// <summary>A row for each class index: 1 at the index, 0 elsewhere; zeros for <paramref name="ignoreIndex"/>.</summary>
    public static Node OneHot(this Node indices, int classes, int? ignoreIndex = null, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(indices, new OneHot(classes, ignoreIndex), name, file, line);
}
