namespace SimpleFlow.Compilation;

/// <summary>
/// Reads slices where they lie instead of copying them: one that is a single piece of memory, whoever reads it; and one with gaps, if only
/// elementwise operations read it, whose programs take it row by row into their tiles. An output is copied: it must stay when what it was
/// cut from is gone.
/// </summary>
internal sealed class Views : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default)
    {
        var order = GraphOrder.Of(outputs, valuesOnly: true, cancellation);
        if (!order.Exists(node => node is Operation { Op: Slice })) return outputs;
        var copied = new HashSet<Node>(outputs, ReferenceEqualityComparer.Instance);
        foreach (var node in order.OfType<Operation>())
        {
            if (node.Op is Elementwise) continue;
            foreach (var input in node.InputArray)
            {
                if (input is Operation { Op: Slice slice } cut && !slice.IsOnePiece(cut)) copied.Add(input);
            }
        }
        return Rewriter.Run(outputs, (node, inputs) =>
            node is Operation { Op: Slice { Step: 1 } slice } && !copied.Contains(node)
                ? new Operation(slice with { IsInPlace = true }, inputs, node.Name, node.MadeAt)
            : node is Operation operation ? Rewriter.With(operation, inputs) : node, cancellation);
    }
}
