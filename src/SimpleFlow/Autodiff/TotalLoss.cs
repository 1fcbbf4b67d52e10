namespace SimpleFlow;

/// <summary>What is lowered where there are several losses, or one of several elements: the sum of them all.</summary>
internal static class TotalLoss
{
    /// <summary>A scalar; 0 where there are no losses.</summary>
    /// <exception cref="GraphException">A loss is not made of floats.</exception>
    public static Node Of(IReadOnlyList<Node> losses)
    {
        foreach (var loss in Required.List(losses))
        {
            if (loss.ElementType != ElementType.Float32)
                throw new GraphException(
                    $"`{loss.Label}` is {loss.ElementType}: a loss is made of {ElementType.Float32}. Compute it from scores, not from the "
                        + "classes that were chosen.");
        }
        var scalars = losses.Select(loss => loss.Shape.Rank == 0 ? loss : loss.Sum()).ToList();
        return scalars.Count == 0 ? 0f : scalars.Aggregate((sum, loss) => sum + loss);
    }
}
