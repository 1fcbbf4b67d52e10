namespace SimpleFlow;

/// <summary>Checks that the tensors that a loss or metric compares have equal shapes.</summary>
internal static class SameShape
{
    /// <summary>
    /// Refuses a target whose shape differs from the prediction's. Otherwise [n, 1] − [n] would broadcast to [n, n], and [n] − [1] to [n],
    /// and the network would silently train on nonsense.
    /// </summary>
    /// <param name="user">The loss or metric, for the error.</param>
    /// <param name="prediction">The network's output.</param>
    /// <param name="target">The expected output.</param>
    /// <param name="wanted">The shape that the target should have, if it differs from the prediction's.</param>
    public static void Require(string user, Node prediction, Node target, Shape? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        wanted ??= prediction.Shape;
        if (wanted.Matches(target.Shape, Fit)) return;
        throw ShapeException.Of(user, [prediction, target], new ShapeException(
            $"the prediction `{prediction.Label}` is {prediction.Shape}, the target `{target.Label}` is "
                + $"{target.Shape}{(target.ElementType == ElementType.Int32 ? " (class indices)" : "")}.",
            $"The target must be {wanted}: declare it so, or Reshape() it if its elements are the right ones."));
    }

    // An unknown size will turn out equal to the other one, unless the other is 1: then it would be stretched instead.
    private static bool Fit(long? wanted, long? own) => wanted == own || (wanted is null && own != 1) || (own is null && wanted != 1);
}
