namespace SimpleFlow.Compilation;

/// <summary>Turns a training graph into an inference graph: dropout drops nothing, and batch normalisation uses the averages from
/// training.</summary>
internal sealed class ForInference : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) => Of(outputs, cancellation: cancellation);

    /// <summary>The graph for inference.</summary>
    /// <param name="outputs">The graph for training.</param>
    /// <param name="dropout">Whether dropout continues to drop.</param>
    /// <param name="cancellation">Cancels between two nodes.</param>
    public static Node[] Of(Node[] outputs, bool dropout = false, CancellationToken cancellation = default) =>
        Rewriter.Run(outputs, (node, inputs) =>
    {
        if (node is not Operation operation) return node;
        var current = Rewriter.With(operation, inputs);
        return current is Operation trained && !(dropout && trained.Op is Dropout) && trained.Op.AtInference(trained) is { } used ? used
            : current;
    }, cancellation);
}
