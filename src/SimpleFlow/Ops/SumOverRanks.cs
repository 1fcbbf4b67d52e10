using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// y = the sum of x over all ranks of a cluster. Every rank computes the same from a loss's y, and the loss counts once, so what flows back
/// to x is what flows back to y. What a rank computes from a statistic's y belongs to its own rows: then x gets the sum of what flows back
/// to y on all ranks.
/// </summary>
/// <param name="Link">Between which ranks.</param>
/// <param name="OfStatistic">Whether ranks compute different things from it.</param>
internal sealed record SumOverRanks(Cluster Link, bool OfStatistic) : Op
{
    protected internal override string Attributes => OfStatistic ? "of a statistic" : "";

    internal override bool HasEffect => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[0].Shape);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        OfStatistic ? Flow.AddFlow(upstream, this) : upstream;

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

    // It waits for others and computes little: it is never split over threads.
    internal override double Cost(Operation node) => 0;

    internal override Kernel Compile(in Binding binding) => new SumKernel(Link, binding.Inputs[0], binding.Output);

    private sealed class SumKernel(Cluster link, Region x, Region y) : Kernel
    {
        public override void Run(int part, int parts)
        {
            x.Span.CopyTo(y.Span);
            link.AllReduce(y.Span);
        }
    }
}
