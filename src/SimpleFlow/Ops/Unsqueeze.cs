using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Inserts axes of size 1. The gradient sums over them.</summary>
public sealed record Unsqueeze : Op
{
    /// <summary>Creates the op.</summary>
    /// <param name="axes">The positions of the new axes in the result, ascending.</param>
    public Unsqueeze(params int[] axes) => Axes = new ValueList<int>(Required.Value(axes));

    /// <summary>The positions of the new axes in the result, ascending.</summary>
    public IReadOnlyList<int> Axes { get; }

    protected internal override string Attributes => $"axes {Axes}";

    protected internal override Formula Notation(Formula[] inputs) => inputs[0];

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var shape = inputs[0].Shape;
        foreach (var axis in Axes)
        {
            if (axis < 0 || axis > shape.Rank)
                throw new ShapeException($"axis {axis} cannot be inserted into {inputs[0].Shape}.",
                    $"Positions run from 0 to {shape.Rank}.");
            shape = shape.Insert(axis, 1);
        }
        return new Signature(shape, inputs[0].ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream.Sum([.. Axes]);

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var sizes = new List<int>(inputs[0].Sizes);
        foreach (var axis in Axes) sizes.Insert(axis, 1);
        return new PlainTensor(Shape.Of([.. sizes]), inputs[0].Elements);
    }

    internal override Node? Lower(Operation node) => node.InputArray[0].Reshape(node.Shape);

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("It is a reshape once the shapes are known.");
}

public static partial class Flow
{
    /// <summary>Inserts axes of size 1.</summary>
    /// <param name="x">The source; its sizes may be unknown.</param>
    /// <param name="axes">Their positions in the result, ascending.</param>
    /// <param name="name">A name for messages and pictures.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Unsqueeze(this Node x, int[] axes, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Unsqueeze(Required.Value(axes)), name, file, line);
}
