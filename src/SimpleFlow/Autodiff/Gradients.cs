namespace SimpleFlow;

/// <summary>Back-propagation: the derivatives of a loss, as nodes of the same graph.</summary>
public static class Gradients
{
    /// <summary>
    /// ∂<paramref name="loss"/>/∂target for every target, by the chain rule from the loss backwards. A loss of several elements counts as
    /// their sum. The gradients are nodes, so they can be differentiated again.
    /// </summary>
    /// <param name="loss">What to differentiate.</param>
    /// <param name="targets">What to differentiate with respect to: variables, or any node that the loss is computed from.</param>
    /// <returns>One node for each target, of its shape; zeros if the loss does not depend on it.</returns>
    /// <exception cref="GraphException">The graph has a loop, or the loss is not made of floats.</exception>
    public static IReadOnlyList<Node> Of(Node loss, params IReadOnlyList<Node> targets)
    {
        ArgumentNullException.ThrowIfNull(loss);
        var sweep = new BackwardSweep(loss, Required.List(targets));
        return [.. targets.Select(target => sweep.GradientOf(target) ?? ((Node)0f).BroadcastLike(target))];
    }
}
