using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Reorders the axes: axis i of the result is axis order[i] of the source. By default it reverses all axes. The gradient uses the
/// inverse order.</summary>
public sealed record Transpose : Op
{
    /// <summary>Creates the op with the order of the axes.</summary>
    public Transpose(params int[]? order) => Order = order is null or [] ? null : new ValueList<int>(order);

    /// <summary>The order as it was written: axis i of the result is axis <c>Order[i]</c> of the source, and a negative one counts from the
    /// last. Null reverses all axes.</summary>
    public IReadOnlyList<int>? Order { get; }

    protected internal override string Attributes => Order?.ToString() ?? "";

    protected internal override Formula Notation(Formula[] inputs) => new Transposed(inputs[0]);

    private int[] OrderFor(int rank) =>
        Order?.Select(axis => axis < 0 ? axis + rank : axis).ToArray() ?? [.. Enumerable.Range(0, rank).Reverse()];

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var x = inputs[0];
        var order = OrderFor(x.Shape.Rank);
        if (!order.Order().SequenceEqual(Enumerable.Range(0, x.Shape.Rank)))
            throw new ShapeException($"the order {Order} does not name each axis of {x} {x.Shape} once.",
                x.Shape.Rank == 0 ? "A scalar has no axes." : $"Give the axes 0 to {x.Shape.Rank - 1} in the order you want.");
        return new Signature(x.Shape.Permuted(order), x.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var order = OrderFor(node.Shape.Rank);
        var inverse = new int[order.Length];
        for (var axis = 0; axis < order.Length; axis++) inverse[order[axis]] = axis;
        return upstream.Transpose(inverse);
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var x = inputs[0];
        var order = OrderFor(x.Rank);
        var result = new PlainTensor(x.Shape.Permuted(order));
        var index = new int[x.Rank];
        var from = new int[x.Rank];
        for (var i = 0; i < result.Count; i++)
        {
            result.IndexOf(i, index);
            for (var axis = 0; axis < order.Length; axis++) from[order[axis]] = index[axis];
            result.Elements[i] = x.Elements[x.Offset(from)];
        }
        return result;
    }

    internal override Node? Simplify(Operation node)
    {
        var x = node.InputArray[0];
        var order = OrderFor(node.Shape.Rank);
        if (order.SequenceEqual(Enumerable.Range(0, order.Length))) return x;
        // Axes of size 1 do not matter for the order in memory: if the others keep theirs, nothing moves.
        var moving = order.Where(axis => x.Shape[axis] != 1).ToArray();
        return moving.SequenceEqual(moving.Order()) ? x.Reshape(node.Shape) : null;
    }

    internal override unsafe Kernel Compile(in Binding binding)
    {
        var strides = PlainTensor.StridesOf(binding.Inputs[0].Sizes);
        var order = OrderFor(strides.Length);
        return new StridedCopy(binding.Inputs[0].Pointer, Array.ConvertAll(order, axis => (long)strides[axis]), binding.Output);
    }
}

public static partial class Flow
{
    /// <summary>Reorders the axes; by default it reverses them.</summary>
    public static Node Transpose(this Node x, int[]? order = null, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(x, new Transpose(order), name, file, line);
}
