using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Decides whether a training step may change anything. The loss must be finite, the values that running averages follow and variables are
/// assigned must be finite, and so must the square of every element of the gradients. It checks the squares because optimizers and norms
/// compute them: a gradient of 2·10¹⁹ is finite, but its square is not in float32, and would stay in a running average for good. What an
/// optimizer computes from gradients that pass is finite too; this follows from the ranges of its settings
/// (<see cref="Optimizer.LargestRate"/>) and is not checked. A plan computes everything before its guard and, if the answer is no, nothing
/// after it.
/// </summary>
internal sealed record Guard : Op
{
    /// <summary>How many equal answers the result has: each part of the step writes its own, so that threads never share one.</summary>
    public const int Answers = 16;

    /// <summary>2⁶⁴, a bound that the magnitude of no gradient that passes reaches. The guard's own limit is a little lower, so that an
    /// average of squares is finite too, however it is rounded.</summary>
    public const double LargestGradient = 18446744073709551616.0;

    /// <summary>Creates the op with the loss as the source.</summary>
    /// <param name="gradients">The nodes whose squares must be finite.</param>
    /// <param name="values">The nodes that must be finite.</param>
    public Guard(IEnumerable<Node> gradients, IReadOnlyList<Node>? values = null) : base([.. values ?? [], .. gradients]) =>
        Values = values?.Count ?? 0;

    // How many inputs between the loss and the gradients only need to be finite.
    private int Values { get; }

    protected internal override string Attributes => Values == 0 ? "" : $"{Values} values";

    internal override bool HasEffect => true;

    internal override bool StopsGradient => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        foreach (var input in inputs)
        {
            if (input.ElementType != ElementType.Float32)
                throw new ShapeException($"{input} is {input.ElementType}; {ElementType.Float32} is needed.", "Convert it with Cast().");
        }
        if (inputs[0].Shape.Rank > 0)
            throw new ShapeException($"the loss {inputs[0]} is {inputs[0].Shape}, not one number.", "Guard the sum of its elements.");
        return new Signature(Shape.Of(Answers), ElementType.Bool);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step)
    {
        var first = 1 + Values;
        var passes = inputs[..first].All(value => value.Elements.All(element => float.IsFinite((float)element)))
            && inputs[first..].All(gradient => gradient.Elements.All(IsSmallEnough));
        var result = new PlainTensor(Shape.Of(Answers));
        Array.Fill(result.Elements, passes ? 1 : 0);
        return result;
    }

    /// <summary>Whether the number's square is finite in float32.</summary>
    public static bool IsSmallEnough(double gradient) => float.IsFinite((float)gradient * GuardKernel.Margin * (float)gradient);

    // If one number is stretched over a gradient, checking that number is enough.
    internal override Node? Simplify(Operation node)
    {
        Node[] inputs = Array.ConvertAll(node.InputArray,
            input => input is Operation { Op: Broadcast } stretched && input.Shape.ElementCount > 0 ? stretched.InputArray[0] : input);
        return inputs.SequenceEqual(node.InputArray) ? null : new Operation(this, inputs, node.Name, node.MadeAt);
    }

    internal override double Flops(Operation node) => 0;

    internal override double Cost(Operation node) => node.InputArray.Sum(input => input.Shape.ElementCount * 0.05);

    internal override Kernel Compile(in Binding binding) => new GuardKernel(binding.Inputs, 1 + Values, binding.Output);
}
