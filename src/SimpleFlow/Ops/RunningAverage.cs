using System.Diagnostics;
using System.Runtime.CompilerServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// A running average of a statistic of the batch. In training y = x, the statistic, and each step moves the average: a ← m·a + (1 − m)·x. A
/// smaller last batch of an epoch moves it in proportion to its rows. In inference y = a. The upstream gradient goes to x alone.
/// </summary>
public sealed record RunningAverage : Op
{
    /// <summary>Creates the op with the statistic as the source.</summary>
    /// <param name="average">The variable a, of the statistic's shape.</param>
    /// <param name="momentum">m, between 0 and 1: the fraction of the average that each step keeps.</param>
    /// <exception cref="ArgumentOutOfRangeException">m is outside [0, 1].</exception>
    public RunningAverage(Node average, float momentum = 0.9f) : base(average)
    {
        if (!(momentum is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(momentum), momentum, "RunningAverage: the momentum must be between 0 and 1.");
        Momentum = momentum;
    }

    /// <summary>m, the fraction of the average that each step keeps.</summary>
    public float Momentum { get; }

    protected internal override string Attributes => $"{Momentum}";

    protected internal override Formula Notation(Formula[] inputs) => inputs[0];

    internal override bool UsesOnlyShape(int input) => input == 1;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs)
    {
        var (x, average) = (inputs[0], inputs[1]);
        if (average.Node is not Variable)
            throw new ShapeException($"{average} is not a variable.", "Only variables keep a value from step to step.");
        if (!average.Shape.Equals(x.Shape))
            throw new ShapeException($"the shapes differ. {x} is {x.Shape}, its average {average} is {average.Shape}.",
                "Give the average the shape of the statistic.");
        return new Signature(x.Shape, x.ElementType);
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input == 0 ? upstream : null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

    internal override Node? AtInference(Operation node) => node.InputArray[1];

    /// <summary>The average after a training step. A smaller batch says less about the data, so it counts less:
    /// a ← (1 − w)·a + w·x with w = weight·(1 − m).</summary>
    /// <param name="node">The node of this op.</param>
    /// <param name="before">The average before: the variable, or what an earlier use of the same layer in this step has made of it.</param>
    /// <param name="weight">The batch's size as a fraction of a full batch.</param>
    internal Node After(Operation node, Node before, float weight)
    {
        var follows = 1 - Momentum;
        return Flow.AddFlow(before, new Decay(weight == 1 ? Momentum : 1 - weight * follows)) + weight * follows * node.InputArray[0];
    }

    internal override Node? Lower(Operation node) => node.InputArray[0];

    internal override Kernel Compile(in Binding binding) =>
        throw new UnreachableException("A plan has the statistic or the average in its place.");
}

public static partial class Flow
{
    /// <summary>In training, a statistic of the batch, which <paramref name="average"/> follows; in inference, that average.</summary>
    public static Node RunningAverage(this Node statistic, Variable average, float momentum = 0.9f, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(statistic, new RunningAverage(average, momentum), name, file, line);
}
