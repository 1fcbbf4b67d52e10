using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>The index of the largest element along one axis, which disappears: the first of equal ones, or the first NaN if there is one.
/// The result is <see cref="ElementType.Int32"/>; nothing flows back.</summary>
/// <param name="Along">The axis; a negative axis counts from the last.</param>
public sealed record ArgMax(int Along = -1) : Op
{
    protected internal override string Attributes => $"axis {Along}";

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        if (inputs[0].ElementType != ElementType.Float32)
            throw new ShapeException($"{inputs[0]} is {inputs[0].ElementType}; {ElementType.Float32} is needed.",
                "Convert it with Cast().");
        var axis = Axis.Of(Along, inputs[0]);
        if (inputs[0].Shape[axis] == 0)
            throw new ShapeException($"{inputs[0]} {inputs[0].Shape} has no elements along axis {axis}.",
                "ArgMax needs at least one element.");
        return new Signature(inputs[0].Shape.Without(axis), ElementType.Int32);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var axis = Along < 0 ? Along + x.Rank : Along;
        var (outer, length, inner) = Axis.Split(x.Sizes, axis);
        var result = new PlainTensor(x.Shape.Without(axis));
        for (var i = 0; i < outer; i++)
        {
            for (var j = 0; j < inner; j++)
            {
                var best = 0;
                for (var k = 1; k < length; k++)
                {
                    var (value, largest) = (x.Elements[(i * length + k) * inner + j], x.Elements[(i * length + best) * inner + j]);
                    if (value > largest || (double.IsNaN(value) && !double.IsNaN(largest))) best = k;
                }
                result.Elements[i * inner + j] = best;
            }
        }
        return result;
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var sizes = binding.Inputs[0].Sizes;
        var (outer, length, inner) = Axis.Split(sizes, Along < 0 ? Along + sizes.Length : Along);
        return new ArgMaxKernel(binding.Inputs[0].Pointer, binding.Output.Integers, outer, length, inner);
    }
}

public static partial class Flow
{
    /// <summary>The index of the largest element along <paramref name="axis"/>.</summary>
    public static Node ArgMax(this Node x, int axis = -1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new ArgMax(axis), name, file, line);
}
