namespace SimpleFlow;

/// <summary>
/// Back-propagation of a graph, written as one would by hand: first the network as formulas, then for every node from the loss backwards
/// δ(node) = ∂loss/∂node by the chain rule, in terms of the nodes it was used for, then the gradient of every variable and the step it
/// leads to. It is written from the gradient nodes themselves, so it shows exactly what is computed.
/// </summary>
public sealed class Derivation
{
    private Derivation(IReadOnlyList<DerivationSection> sections) => Sections = sections;

    internal IReadOnlyList<DerivationSection> Sections { get; }

    /// <summary>All lines in order, from what is fed to the last update: to step through them.</summary>
    public IReadOnlyList<DerivationStep> Steps =>
        [.. Sections.SelectMany(section => section.Lines.Select(line => new DerivationStep(line, section.Title)))];

    /// <summary>The derivation of a loss by all trainable variables it depends on, with the step of plain gradient descent.
    /// <c>Model.Derivation</c> shows the model's own optimizer.</summary>
    /// <param name="loss">What is lowered. A loss of several elements counts as their sum.</param>
    /// <param name="feed">With it, every line also shows its numbers, in float64.</param>
    /// <param name="cancellation">Stops at the next line or number.</param>
    /// <exception cref="GraphException">The graph has a loop, the loss is not made of floats, or a placeholder was not fed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Derivation Of(Node loss, Feed? feed = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(loss);
        return Of([loss], loss, updates: null, feed, cancellation);
    }

    /// <summary>The derivation of several losses, which are summed.</summary>
    /// <param name="losses">What is lowered.</param>
    /// <param name="feed">With it, every line also shows its numbers.</param>
    /// <param name="cancellation">Stops at the next line or number.</param>
    /// <exception cref="ArgumentException">There are none.</exception>
    /// <exception cref="GraphException">The graph has a loop, a loss is not made of floats, or a placeholder was not fed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static Derivation Of(IReadOnlyList<Node> losses, Feed? feed = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(losses);
        if (losses.Count == 0) throw new ArgumentException("There is no loss to derive.", nameof(losses));
        return Of(losses, TotalLoss.Of(losses), updates: null, feed, cancellation);
    }

    /// <summary>The derivation with an optimizer's own updates.</summary>
    /// <param name="losses">The losses as the user wrote them.</param>
    /// <param name="total">Their sum.</param>
    /// <param name="updates">Makes the assignments of a step from the gradients of the variables; null:
    /// plain gradient descent.</param>
    /// <param name="feed">With it, every line also shows its numbers.</param>
    /// <param name="cancellation">Stops at the next line or number.</param>
    /// <param name="remark">A sentence about the updates.</param>
    /// <param name="trained">What is trained; null: all trainable variables.</param>
    internal static Derivation Of(IReadOnlyList<Node> losses, Node total,
        Func<IReadOnlyList<Variable>, IReadOnlyList<Node>, IReadOnlyList<Node>>? updates, Feed? feed, CancellationToken cancellation,
        string? remark = null, IReadOnlyList<Variable>? trained = null)
    {
        var writer = new DerivationWriter(losses, total, updates, remark, trained, cancellation);
        var sections = writer.Write();
        return new Derivation(feed is null ? sections : DerivationNumbers.Fill(sections, feed, cancellation));
    }

    /// <summary>As plain text, for a terminal.</summary>
    public string ToText() => DerivationText.Write(this);

    /// <summary>As Markdown with formulas in LaTeX, as code-hosting pages show them.</summary>
    public string ToMarkdown() => DerivationMarkdown.Write(this);

    /// <summary>As one HTML page that needs nothing else.</summary>
    public string ToHtml() => new ExplanationPage("Back-propagation", DerivationHtml.Sections(this)).ToHtml();

    /// <inheritdoc/>
    public override string ToString() => ToText();
}
