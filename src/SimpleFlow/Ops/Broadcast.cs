using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Tiles;

namespace SimpleFlow;

/// <summary>
/// Stretches the source to <paramref name="Target"/> by NumPy's rule: shapes are aligned at their last axis, sizes of 1 are repeated. A
/// size left open (null) stays the source's. The gradient sums what was stretched.
/// </summary>
public sealed record Broadcast(Shape Target) : Op
{
    /// <summary>The shape to stretch to.</summary>
    public Shape Target { get; init => field = Required.Value(value); } = Required.Value(Target);

    protected internal override string Attributes => Target.ToString();

    protected internal override Formula Notation(Formula[] inputs) => inputs[0];

    internal override bool Broadcasts => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        var shape = Broadcasting.TryStretch(x.Shape, Target)
            ?? throw new ShapeException($"{x} {x.Shape} cannot be stretched to {Target}.",
                "Only missing axes and axes of size 1 can be stretched.");
        return new Signature(shape, x.ElementType);
    }

    // The sweep sums what was stretched, in one place for every op that broadcasts.
    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) =>
        Stretch(inputs[0], Broadcasting.TryStretch(inputs[0].Shape, Target)!);

    internal override Node? Simplify(Operation node) => node.InputArray[0].Shape.Equals(node.Shape) ? node.InputArray[0] : null;

    private static readonly TileProgram Program = new(1, [new TileInstruction(TileCopy.Instance, [0], IsStored: true)]);

    internal override long ScratchFloats(Operation node, int parts) => Program.ScratchFloats(parts);

    internal override unsafe Kernel Compile(in Binding binding) =>
        new TileKernel(Program, [binding.Inputs[0]], binding.Output.Sizes, [binding.Output.Pointer], binding.Scratch);

    internal static PlainTensor Stretch(PlainTensor x, Shape shape)
    {
        var result = new PlainTensor(shape);
        var index = new int[result.Rank];
        for (var i = 0; i < result.Count; i++)
        {
            result.IndexOf(i, index);
            result.Elements[i] = x.Elements[x.BroadcastOffset(index)];
        }
        return result;
    }
}

/// <summary>Stretches the source to the shape of another node, whose values do not matter: what a gradient needs while the batch is
/// unknown.</summary>
public sealed record BroadcastLike : Op
{
    /// <summary>Creates the op.</summary>
    /// <param name="like">The node whose shape to take.</param>
    public BroadcastLike(Node like) : base(like) { }

    protected internal override Formula Notation(Formula[] inputs) => inputs[0];

    internal override bool Broadcasts => true;

    internal override bool UsesOnlyShape(int input) => input == 1;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (x, like) = (inputs[0], inputs[1]);
        if (Broadcasting.TryStretch(x.Shape, like.Shape) is null)
            throw new ShapeException($"{x} {x.Shape} cannot be stretched to {like.Shape}.",
                "Only missing axes and axes of size 1 can be stretched.");
        return new Signature(like.Shape, x.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input == 0 ? upstream : null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => Broadcast.Stretch(inputs[0], inputs[1].Shape);

    internal override Node? Lower(Operation node) => node.InputArray[0].Broadcast(node.Shape);

    internal override Kernel Compile(in Binding binding) => throw new UnreachableException("The shape is known when a plan is made.");
}

public static partial class Flow
{
    /// <summary>The source stretched to <paramref name="shape"/>.</summary>
    public static Node Broadcast(this Node x, Shape shape, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Broadcast(shape), name, file, line);

    /// <summary>The source stretched to the shape of <paramref name="like"/>.</summary>
    internal static Node BroadcastLike(this Node x, Node like) =>
        x.Shape.Equals(like.Shape) ? x : like.Shape.IsKnown ? x.Broadcast(like.Shape) : AddFlow(x, new BroadcastLike(like));
}
