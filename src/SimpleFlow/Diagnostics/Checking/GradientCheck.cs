namespace SimpleFlow;

/// <summary>
/// Checks whether back-propagation is right: it compares the gradients that the rules of the ops give with differences of the values, in
/// float64 by the plain reading. It checks the gradient of the loss by every trainable variable and by every node on the way, which says
/// whether something is wrong, and every op on its own, which says what.
/// </summary>
/// <example><code>Console.Write(GradientCheck.Of(loss, new Feed { [x] = rows, [y] = answers }).ToText());</code></example>
public static class GradientCheck
{
    /// <summary>Checks the gradients of a loss at one place: for the variables' values and what is fed. It changes nothing.</summary>
    /// <param name="loss">What to differentiate. A loss of several elements counts as their sum.</param>
    /// <param name="feed">What the placeholders hold. A handful of rows is enough.</param>
    /// <param name="options">How thorough to be.</param>
    /// <param name="cancellation">Ends the check.</param>
    /// <exception cref="GraphException">The loss depends on no trainable variable, is not made of floats or is not finite here, or a
    /// placeholder is missing or was fed a shape it does not have.</exception>
    /// <exception cref="ShapeException">The fed shapes do not fit together.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static GradientCheckResult Of(Node loss, Feed feed, GradientCheckOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Of([loss], feed, options, cancellation);
    }

    /// <summary>Checks the gradients of several losses, which are summed, as a <c>Model</c> sums them.</summary>
    /// <inheritdoc cref="Of(Node, Feed, GradientCheckOptions?, CancellationToken)"/>
    /// <param name="losses">What to differentiate.</param>
    /// <param name="feed">What the placeholders hold.</param>
    /// <param name="options">How thorough to be.</param>
    /// <param name="cancellation">Ends the check.</param>
    public static GradientCheckResult Of(IReadOnlyList<Node> losses, Feed feed, GradientCheckOptions? options = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(losses);
        ArgumentNullException.ThrowIfNull(feed);
        if (losses.Count == 0) throw new ArgumentException("There is no loss to check.", nameof(losses));
        var loss = TotalLoss.Of(losses);
        var trained = GraphOrder.Of([loss], valuesOnly: true, cancellation).OfType<Variable>().Where(variable => variable.IsTrainable)
            .ToList();
        if (trained.Count == 0)
            throw new GraphException($"`{losses[0].Label}` depends on no trainable variable: there is no gradient to check.");
        return new GradientChecker(loss, trained, PlainReading.Fed(feed), default, options ?? new(), cancellation).Run();
    }
}
