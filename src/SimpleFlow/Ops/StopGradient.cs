using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>y = x, and nothing flows back.</summary>
public sealed record StopGradient : Elementwise
{
    internal override bool StopsGradient => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[0].Shape, inputs[0].ElementType);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

    // When a plan is made, the gradients are already nodes, so there is nothing left to stop.
    internal override Node? Simplify(Operation node) => node.InputArray[0];

    private protected override unsafe void RunTile(float** operands, float* result, int count) =>
        new ReadOnlySpan<float>(operands[0], count).CopyTo(new Span<float>(result, count));
}

public static partial class Flow
{
    /// <summary>The same value, through which no gradient flows back.</summary>
    public static Node StopGradient(this Node x, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x, new StopGradient(), name, file, line);
}
