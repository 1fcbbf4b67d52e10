namespace SimpleFlow.Compilation;

/// <summary>Lets random ops draw by a row's number among all rows that are trained on or evaluated together, and not by its place in what
/// one process is fed at a time: what a row draws then does not depend on how the rows are dealt out.</summary>
internal sealed class DrawByRow : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) => Rewriter.Run(outputs, (node, inputs) =>
        node is not Operation operation ? node
        : Of(operation) is var op && ReferenceEquals(op, operation.Op) ? Rewriter.With(operation, inputs)
        : new Operation(op, inputs, node.Name, node.MadeAt), cancellation);

    /// <summary>The op that draws by row, if it draws at all and for rows; otherwise the node's own.</summary>
    public static Op Of(Operation node)
    {
        // The axis of the batch is the one whose size is not known before it is fed.
        var axis = Enumerable.Range(0, node.Shape.Rank).Cast<int?>().FirstOrDefault(axis => node.Shape[axis!.Value] is null);
        return node.Op switch
        {
            Dropout dropout when axis is not null => dropout with { RowAxis = axis },
            RandomOp random when axis is not null => random with { RowAxis = axis },
            var op => op,
        };
    }
}
