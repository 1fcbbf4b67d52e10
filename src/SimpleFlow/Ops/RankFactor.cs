using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>The factor with which a rank's number counts in the sum over all ranks: for a mean, its rows as a fraction of those of the
/// batch; for a sum, 1, or 0 if it has no rows. It is 1 where there is one rank.</summary>
internal sealed record RankFactor(bool OfMean) : Op
{
    protected internal override string Attributes => OfMean ? "of a mean" : "of a sum";

    // It changes from step to step.
    internal override bool HasEffect => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Shape.Scalar);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => new(Shape.Scalar, [1]);

    internal override double Cost(Operation node) => 0;

    internal override Kernel Compile(in Binding binding) => new FactorKernel(OfMean, binding.Output, binding.Clock);

    private sealed unsafe class FactorKernel(bool ofMean, Region output, StepClock clock) : Kernel
    {
        public override void Run(int part, int parts) =>
            output.Pointer[0] = ofMean ? clock.Part.Share : clock.Part.Rows > 0 ? 1 : 0;
    }
}
