using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// The same elements in the same order with another shape. One size may be left open (null) and follows from the rest. The upstream
/// gradient is reshaped back. A plan computes nothing for it: the result is the same memory.
/// </summary>
public sealed record Reshape(Shape Target) : Op
{
    /// <summary>The new shape; at most one size may be unknown.</summary>
    public Shape Target { get; init => field = Required.Value(value); } = Required.Value(Target);

    protected internal override string Attributes => Target.ToString();

    protected internal override Formula Notation(Formula[] inputs) => new Call("reshape", inputs[0], $"{Target}");

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        if (Target.UnknownCount > 1)
            throw new ShapeException(
                $"the new shape {Target} leaves {Target.UnknownCount} sizes open; at most one can follow from the others.",
                "Leave at most one size open.");
        if (!x.Shape.IsKnown) return new Signature(Target, x.ElementType);
        var count = x.Shape.ElementCount;
        var known = Target.KnownCount;
        if (!Target.IsKnown && known == 0)
            throw new ShapeException(
                $"the open size of {Target} does not follow from the {NumberText.Count(count, "element")} of {x} {x.Shape}, because "
                    + "another size is 0.", "Write out all sizes if one is 0.");
        if (Target.IsKnown ? known != count : count % known != 0)
            throw new ShapeException($"{x} {x.Shape} has {NumberText.Count(count, "element")} and cannot fill {Target}.",
                "The product of the sizes must stay the same.");
        return new Signature(Target.IsKnown ? Target : Target.With(Target.OpenAxis, count / known), x.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var x = node.InputArray[0];
        return x.Shape.IsKnown ? upstream.Reshape(x.Shape) : Flow.AddFlow(upstream, new ReshapeLike(x));
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) =>
        new(Target.IsKnown ? Target : Target.With(Target.OpenAxis, inputs[0].Count / Target.KnownCount), inputs[0].Elements);

    internal override Node? Simplify(Operation node)
    {
        var x = node.InputArray[0];
        if (x.Shape.Equals(node.Shape)) return x;
        return x switch
        {
            Operation { Op: Reshape } inner => inner.InputArray[0].Reshape(node.Shape),
            // A stretched number looks the same in any shape, and elementwise ops stretch their inputs anyway.
            Operation { Op: Broadcast } stretched when stretched.InputArray[0].Shape.ElementCount == 1 =>
                stretched.InputArray[0].Reshape([]).Broadcast(node.Shape),
            _ => null,
        };
    }

    internal override Kernel Compile(in Binding binding) =>
        throw new UnreachableException("A reshaped tensor is the same memory: there is nothing to run.");
}

/// <summary>The source's elements in the shape of another node, whose values do not matter.</summary>
public sealed record ReshapeLike : Op
{
    /// <summary>Creates the op.</summary>
    /// <param name="like">The node whose shape to take; it has as many elements.</param>
    public ReshapeLike(Node like) : base(like) { }

    protected internal override Formula Notation(Formula[] inputs) => new Call("reshape", inputs[0], new Call("like", inputs[1]));

    internal override bool UsesOnlyShape(int input) => input == 1;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[1].Shape, inputs[0].ElementType);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        input == 0 ? Flow.AddFlow(upstream, new ReshapeLike(node.InputArray[0])) : null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => new(inputs[1].Shape, inputs[0].Elements);

    internal override Node? Lower(Operation node) => node.InputArray[0].Reshape(node.Shape);

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("It is a reshape once the shapes are known.");
}

public static partial class Flow
{
    /// <summary>The same elements in another shape; one size may be null and follows from the rest.</summary>
    public static Node Reshape(this Node x, Shape shape, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Reshape(shape), name, file, line);
}
