using System.Diagnostics;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// An op that is written with other ops once all sizes of its inputs are known: for what no graph can say while a size is open, such as the
/// padding that makes a window fit, or one step for each element of a sequence. Its plain reading and its derivatives, of any order, are
/// those of what it is written with, and a plan contains only that. Its attributes are the properties of the record, so that equal ops are
/// equal, and it depends on nothing else than them and its inputs.
/// </summary>
public abstract record CompositeOp : Op
{
    /// <summary>Creates the op.</summary>
    /// <param name="operands">Its inputs, without the first, which is the node that it is added to.</param>
    protected CompositeOp(params Node[] operands) : base(Required.Value(operands)) { }

    /// <summary>Writes it with other ops.</summary>
    /// <param name="inputs">The inputs; all their sizes are known.</param>
    /// <returns>The result: a node that depends on the inputs and on constants alone, and draws no random numbers.</returns>
    protected abstract Node Build(IReadOnlyList<Node> inputs);

    /// <summary>The shape of the result for inputs of these shapes, as far as it is known. If all sizes of the inputs are known and one of
    /// the result is not, it is the shape of what <see cref="Build"/> returns.</summary>
    protected abstract Shape ShapeOf(ReadOnlySpan<Shape> inputs);

    /// <summary>The element type of the result; by default <see cref="ElementType.Float32"/>.</summary>
    protected virtual ElementType ResultType => ElementType.Float32;

    /// <summary>The element type that an input must have; by default <see cref="ElementType.Float32"/>.</summary>
    protected virtual ElementType TypeOf(int input) => ElementType.Float32;

    /// <summary>Whether only the shape of an input matters: its value need not be computed, and nothing flows back to it.</summary>
    protected virtual bool ReadsOnlyShape(int input) => false;

    internal sealed override bool UsesOnlyShape(int input) => ReadsOnlyShape(input);

    internal sealed override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (shapes, nodes) = (new Shape[inputs.Length], new Node[inputs.Length]);
        for (var i = 0; i < shapes.Length; i++)
        {
            (shapes[i], nodes[i]) = (inputs[i].Shape, inputs[i].Node);
            if (TypeOf(i) != inputs[i].ElementType && !ReadsOnlyShape(i))
                throw new ShapeException($"{inputs[i]} is {inputs[i].ElementType}; {TypeOf(i)} is needed.",
                    "Convert it with Cast(), or declare the placeholder with the other element type.");
        }
        try
        {
            var shape = ShapeOf(shapes) ?? throw new InvalidOperationException("ShapeOf returned null.");
            if (!shape.IsKnown && Array.TrueForAll(shapes, one => one.IsKnown)) shape = Build(Leaves(shapes)).Shape;
            return new Signature(shape, ResultType);
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw OpFailure.Of(exception, this, nodes);
        }
    }

    /// <inheritdoc/>
    protected internal sealed override Node? Gradient(Operation node, Node upstream, int input) =>
        TypeOf(input) != ElementType.Float32 || ResultType != ElementType.Float32 ? null
            : Flow.AddFlow(upstream, new CompositeGradient(this, input, node.InputArray));

    internal sealed override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var leaves = Leaves(Array.ConvertAll(inputs, input => input.Shape));
        var values = new Dictionary<Node, PlainTensor>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < leaves.Length; i++) values[leaves[i]] = inputs[i];
        var result = Build(leaves);
        foreach (var node in GraphOrder.Of([result], valuesOnly: false))
        {
            if (values.ContainsKey(node)) continue;
            values[node] = node switch
            {
                Constant constant => new PlainTensor(constant.Shape, constant.Elements.ToArray()),
                Operation operation => Checked(operation, Array.ConvertAll(operation.InputArray, input => values[input])),
                _ => throw new InvalidOperationException($"Build uses `{node.Label}`, which is neither an input nor a constant."),
            };
        }
        return values[result];
    }

    private static PlainTensor Checked(Operation operation, PlainTensor[] inputs)
    {
        IndexCheck.Require(operation, inputs);
        return operation.Evaluate(inputs, default);
    }

    internal sealed override Node? Lower(Operation node)
    {
        try
        {
            var built = Build(node.InputArray);
            return built.Shape.Equals(node.Shape) && built.ElementType == node.ElementType ? built : throw new InvalidOperationException(
                $"It is built as {built.Shape} of {built.ElementType}, and ShapeOf says {node.Shape} of {node.ElementType}.");
        }
        catch (Exception exception) when (OpFailure.IsOfItsCode(exception))
        {
            throw OpFailure.Of(exception, this, [node]);
        }
    }

    internal sealed override Kernel Compile(in Binding binding) =>
        throw new UnreachableException("A plan has what it is written with.");

    /// <summary>Stand for the inputs where only their shapes are needed, or where a derivative must stop.</summary>
    private Node[] Leaves(Shape[] shapes) =>
        [.. shapes.Select((shape, i) => new Placeholder($"input {i}", shape, TypeOf(i)))];

    /// <summary>The gradient for one input: that of what the op is written with, found by a sweep once the sizes are known. Inputs: the
    /// upstream gradient, and all inputs of the op. It is itself written with other ops, so it has a gradient, too.</summary>
    internal sealed record CompositeGradient : CompositeOp
    {
        public CompositeGradient(CompositeOp of, int input, Node[] inputs) : base(inputs) => (Of, Input) = (of, input);

        private CompositeOp Of { get; }

        private int Input { get; }

        protected internal override string Attributes => $"{Of}, input {Input}";

        protected override ElementType TypeOf(int input) => input == 0 ? ElementType.Float32 : Of.TypeOf(input - 1);

        protected override bool ReadsOnlyShape(int input) => input > 0 && Of.ReadsOnlyShape(input - 1);

        protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[1 + Input];

        protected override Node Build(IReadOnlyList<Node> inputs)
        {
            // One input may be computed from another, or be the same node: each is held apart while the sweep runs.
            Node[] leaves = [.. inputs.Select((input, i) => new Placeholder($"input {i}", input.Shape, input.ElementType))];
            var gradient = SimpleFlow.Gradients.Of((Of.Build(leaves[1..]) * leaves[0]).Sum(), leaves[1 + Input])[0];
            return Rewriter.Run([gradient], (node, own) => Array.IndexOf(leaves, node) is var leaf and >= 0 ? inputs[leaf]
                : node is Operation operation ? Rewriter.With(operation, own) : node)[0];
        }
    }
}
