using SimpleFlow.Kernels;
using SimpleFlow.Kernels.Products;

namespace SimpleFlow.Tests.Diagnostics;

// Ops that are right but for their gradient, as a hurried hand would write them.

/// <summary>tanh whose gradient has the wrong sign.</summary>
internal sealed record SignError : Unary
{
    protected internal override double Plain(double x) => Math.Tanh(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => -(upstream * (1f - node.Power(2)));

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => throw new NotSupportedException();
}

/// <summary>x² whose gradient has lost its 2.</summary>
internal sealed record LostFactor : Unary
{
    protected internal override double Plain(double x) => x * x;

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.InputArray[0];

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => throw new NotSupportedException();
}

/// <summary>exp of which somebody forgot that something flows back.</summary>
internal sealed record LostGradient : Unary
{
    protected internal override double Plain(double x) => Math.Exp(x);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => null;

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y) => throw new NotSupportedException();
}

/// <summary>A matrix product whose gradient by the left factor forgets to transpose the right one.</summary>
internal sealed record LostTransposition(Node Right) : Op(Right)
{
    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => new MatMul(Right).Infer(inputs);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        input == 0 ? upstream.MatMul(node.InputArray[1]) : node.InputArray[0].MatMul(upstream, transposeLeft: true);

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => new MatMul(Right).Evaluate(inputs, step);

    internal override Kernel Compile(in Binding binding) => throw new NotSupportedException();

    public bool Equals(LostTransposition? other) => other is not null;

    public override int GetHashCode() => 1;
}
