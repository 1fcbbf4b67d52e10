namespace SimpleFlow;

/// <summary>What training minimizes if there are several losses, or a loss of several elements: the sum of them all.</summary>
internal static class TotalLoss
{
    /// <summary>The total loss, a scalar; 0 if there are no losses.</summary>
    /// <exception cref="GraphException">A loss is not made of floats.</exception>
    public static Node Of(IReadOnlyList<Node> losses)
    {
        foreach (var loss in Required.List(losses))
        {
            if (loss.ElementType != ElementType.Float32)
                throw new GraphException(
                    $"`{loss.Label}` is {loss.ElementType}: a loss must be {ElementType.Float32}. Compute it from scores, not from "
                        + "the chosen classes.");
        }
        var scalars = losses.Select(loss => loss.Shape.Rank == 0 ? loss : loss.Sum()).ToList();
        return scalars.Count == 0 ? 0f : scalars.Aggregate((sum, loss) => sum + loss);
    }
}
