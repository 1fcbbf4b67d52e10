using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>The sums over all ranks of numbers that were put into a bucket. Its inputs are the signs that everything is in.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Start">Where they lie in it.</param>
/// <param name="Sizes">Their shape.</param>
internal sealed record TakeFromBucket(Bucket Bucket, int Start, Shape Sizes) : Op
{
    protected internal override string Attributes => $"{Bucket.Number}, at {Start}, {Sizes}";

    internal override bool HasEffect => true;

    internal override bool StopsGradient => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Sizes);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => new(Sizes);

    internal override double Cost(Operation node) => 0;

    internal override Kernel Compile(in Binding binding) => new TakeKernel(this, binding.Output);

    private sealed class TakeKernel(TakeFromBucket op, Region y) : Kernel
    {
        public override void Run(int part, int parts) => op.Bucket.Take(op.Start, y.Span);
    }
}
