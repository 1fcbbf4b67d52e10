using System.Diagnostics;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>The number of elements along the axes: the n of a mean whose batch size is unknown before the feed. Only the shape of its input
/// matters.</summary>
public sealed record CountElements : Op
{
    /// <summary>Creates the op.</summary>
    /// <param name="axes">The axes, a negative one counted from the last; null for all.</param>
    public CountElements(int[]? axes = null) => Axes = axes is null ? null : new ValueList<int>(axes);

    /// <summary>The axes as they were written, a negative one counted from the last; null for all.</summary>
    public IReadOnlyList<int>? Axes { get; }

    protected internal override string Attributes => Axes is null ? "all axes" : $"axes {Axes}";

    protected internal override Formula Notation(Formula[] inputs) => new Call("count", inputs[0]);

    internal override bool UsesOnlyShape(int input) => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        Axis.All(Axes, inputs[0]);
        return Signature.Float(Shape.Scalar);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => new(Shape.Scalar, [Of(inputs[0].Shape)]);

    internal override Node? Lower(Operation node) => new Constant([Of(node.InputArray[0].Shape)], Shape.Scalar, ElementType.Float32);

    internal override Kernel Compile(in Binding binding) =>
        throw new UnreachableException("A count is a constant once the shapes are known.");

    private double Of(Shape shape)
    {
        var sizes = shape.ToSizes();
        return Axis.All(Axes, shape.Rank).Aggregate(1.0, (product, axis) => product * sizes[axis]);
    }
}
