using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Rows;

namespace SimpleFlow;

/// <summary>y = x, class indices that must all be valid: from 0 to the last size of the scores − 1, or the ignored index. It is for metrics
/// that compare indices without making one-hot rows of them.</summary>
internal sealed record CheckClasses : Op
{
    /// <summary>Creates the op with the indices as the source.</summary>
    /// <param name="scores">[.., classes]; only their shape matters.</param>
    /// <param name="ignoreIndex">One more accepted index.</param>
    public CheckClasses(Node scores, int? ignoreIndex) : base(scores) => IgnoreIndex = ignoreIndex;

    private int? IgnoreIndex { get; }

    protected internal override string Attributes => IgnoreIndex is { } ignored ? $"ignoring {ignored}" : "";

    protected internal override Formula Notation(Formula[] inputs) => inputs[0];

    internal override bool UsesOnlyShape(int input) => input == 1;

    internal override IndexRange? Indices(ReadOnlySpan<Shape> inputs) => new IndexRange(0, inputs[1][inputs[1].Rank - 1] ?? 0, IgnoreIndex);

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new(inputs[0].Shape, ElementType.Int32);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

    internal override unsafe Kernel Compile(in Binding binding) =>
        new CheckedCopyKernel(binding.Inputs[0].Integers, binding.Output.Integers, binding.Output.Count, binding.Inputs[1].Sizes[^1],
            IgnoreIndex);
}
