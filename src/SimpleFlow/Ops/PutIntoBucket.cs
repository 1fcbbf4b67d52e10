using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Puts a node's numbers into a bucket, which travels to the other ranks as soon as it is full. The result is a sign that they
/// are in.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Start">Where they lie in it.</param>
internal sealed record PutIntoBucket(Bucket Bucket, int Start) : Op
{
    protected internal override string Attributes => $"{Bucket.Number}, at {Start}";

    internal override bool HasEffect => true;

    internal override bool StopsGradient => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(Shape.Scalar);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => new(Shape.Scalar, [1]);

    internal override double Cost(Operation node) => 0;

    internal override Kernel Compile(in Binding binding) => new PutKernel(this, binding.Inputs[0]);

    private sealed class PutKernel(PutIntoBucket op, Region x) : Kernel
    {
        public override void Run(int part, int parts) => op.Bucket.Put(op.Start, x.Span);
    }
}
