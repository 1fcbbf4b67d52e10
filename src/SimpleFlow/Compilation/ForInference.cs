namespace SimpleFlow.Compilation;

/// <summary>Makes of a graph that is trained the one that is used: nothing is dropped, and batches are
/// normalised by what was seen in training.</summary>
internal sealed class ForInference : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) => Of(outputs, cancellation);

    /// <summary>The graph as it is used.</summary>
    public static Node[] Of(Node[] outputs, CancellationToken cancellation = default) => Rewriter.Run(outputs, (node, inputs) =>
    {
        if (node is not Operation operation) return node;
        var current = Rewriter.With(operation, inputs);
        return current is Operation trained && trained.Op.AtInference(trained) is { } used ? used : current;
    }, cancellation);
}
