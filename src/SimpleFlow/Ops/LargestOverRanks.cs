using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>y = the largest x of all ranks of a cluster. What flows back to y goes to the ranks that have it, in equal parts.</summary>
/// <param name="Link">Between which ranks.</param>
internal sealed record LargestOverRanks(Cluster Link) : Op
{
    protected internal override string Attributes => "";

    internal override bool HasEffect => true;

    internal override Signature Infer(ReadOnlySpan<Operand> inputs) => Signature.Float(inputs[0].Shape);

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var isHere = node.InputArray[0].Equal(node).Cast();
        return upstream * isHere / Flow.AddFlow(isHere, new SumOverRanks(Link, OfStatistic: false));
    }

    internal override PlainTensor Evaluate(PlainTensor[] inputs, in StepIdentity step) => inputs[0];

    internal override double Cost(Operation node) => 0;

    internal override Kernel Compile(in Binding binding) => new LargestKernel(Link, binding.Inputs[0], binding.Output);

    private sealed class LargestKernel(Cluster link, Region x, Region y) : Kernel
    {
        public override void Run(int part, int parts)
        {
            x.Span.CopyTo(y.Span);
            link.Reduce(y.Span, RankReduction.Largest);
        }
    }
}
