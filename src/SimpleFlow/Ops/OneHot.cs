using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Turns each class index into a row that is 1 at the index and 0 elsewhere; an index outside the classes gives zeros. Nothing flows back.</summary>
/// <param name="Classes">The width of a row.</param>
public sealed record OneHot(int Classes) : Op
{
    internal override string Attributes => $"{Classes} classes";

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        if (inputs[0].ElementType != ElementType.Int32)
            throw new ShapeException($"{inputs[0]} is {inputs[0].ElementType}; {ElementType.Int32} is needed.", "Declare the placeholder of the labels with ElementType.Int32.");
        if (Classes < 1) throw new ShapeException($"{Classes} classes make no row.", "Give at least one class.");
        return Signature.Float(inputs[0].Shape.Append([Classes]));
    }

    internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var result = new PlainTensor(inputs[0].Shape.Append([Classes]));
        for (var i = 0; i < inputs[0].Count; i++)
        {
            var index = inputs[0].Elements[i];
            if (index >= 0 && index < Classes) result.Elements[i * Classes + (int)index] = 1;
        }
        return result;
    }

    internal override unsafe Kernel Compile(in Binding binding) =>
        new OneHotKernel(binding.Inputs[0].Integers, binding.Output.Pointer, binding.Inputs[0].Count, Classes);
}

public static partial class Flow
{
    /// <summary>A row for each class index: 1 at the index, 0 elsewhere.</summary>
    public static Node OneHot(this Node indices, int classes, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(indices, new OneHot(classes), name, file, line);
}
