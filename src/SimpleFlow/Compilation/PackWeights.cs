namespace SimpleFlow.Compilation;

/// <summary>
/// In inference, weights that do not depend on what is fed are brought into the order in which the kernels of products and convolutions
/// read them: into panels as wide as a tile. This is done once (<see cref="Execution.Prepared"/>).
/// </summary>
internal sealed class PackWeights : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var settled = new Settled();
        return Rewriter.Run(outputs, (node, inputs) =>
        {
            if (node is not Operation operation) return node;
            var current = Rewriter.With(operation, inputs);
            settled.Add(current);
            if (current is not Operation { InputArray: [var read, var weights] } linear || settled.Contains(read)
                || !settled.IsOfVariables(weights)) return current;
            return PackedConv2D.Suits(linear) ? PackedConv2D.Of(linear) : PackedMatMul.Suits(linear) ? PackedMatMul.Of(linear) : current;
        }, cancellation);
    }
}
