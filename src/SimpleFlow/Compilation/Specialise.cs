namespace SimpleFlow.Compilation;

/// <summary>Fixes every shape to what the feed makes it. After this pass no size is unknown.</summary>
internal sealed class Specialise(IReadOnlyDictionary<Placeholder, Shape> fed) : Pass
{
    public override Node[] Run(Node[] outputs, CancellationToken cancellation = default) =>
        Rewriter.Run(outputs, (node, inputs) => node switch
    {
        Placeholder placeholder => new Placeholder(placeholder, ShapeOf(placeholder)),
        Operation operation => AtKnownShapes(operation, inputs),
        _ => node,
    }, cancellation);

    private Shape ShapeOf(Placeholder placeholder)
    {
        if (!fed.TryGetValue(placeholder, out var shape))
        {
            // A placeholder whose shape alone is used need not be fed if the shape is known anyway.
            return placeholder.Shape.IsKnown ? placeholder.Shape : throw GraphException.NotFed(placeholder);
        }
        return placeholder.Shape.Admits(shape) ? shape : throw GraphException.WrongFeed(placeholder, shape);
    }

    private static Operation AtKnownShapes(Operation operation, Node[] inputs)
    {
        operation.Specialise(Array.ConvertAll(inputs, input => input.Shape));
        return new Operation(operation.Op, inputs, operation.Name, operation.MadeAt);
    }
}
