namespace SimpleFlow;

/// <summary>The rule of losses and metrics: what is compared must have equal shapes.</summary>
internal static class SameShape
{
    /// <summary>
    /// Refuses a target of another shape than the prediction. [n, 1] − [n] would broadcast to [n, n], and [n] − [1] to
    /// [n], and train towards nonsense without a word.
    /// </summary>
    /// <param name="user">The loss or metric, for the error.</param>
    /// <param name="prediction">What the network says.</param>
    /// <param name="target">What it should say.</param>
    /// <param name="wanted">The shape that the target should have, where it is not the prediction's.</param>
    public static void Require(string user, Node prediction, Node target, Shape? wanted = null)
    {
        ArgumentNullException.ThrowIfNull(prediction);
        ArgumentNullException.ThrowIfNull(target);
        wanted ??= prediction.Shape;
        if (wanted.Matches(target.Shape, Fit)) return;
        throw ShapeException.Of(user, [prediction, target], new ShapeException(
            $"the prediction `{prediction.Label}` is {prediction.Shape}, the target `{target.Label}` is "
                + $"{target.Shape}{(target.ElementType == ElementType.Int32 ? " (class indices)" : "")}.",
            $"The target must be {wanted}: declare it so, or Reshape() it if only the writing differs."));
    }

    // An unknown size will turn out to be the other one; but beside a 1 that one would be stretched instead.
    private static bool Fit(long? wanted, long? own) => wanted == own || (wanted is null && own != 1) || (own is null && wanted != 1);
}
