namespace SimpleFlow;

/// <content>Looking into the model: how its loss is derived, and what the optimizer makes of it.</content>
public sealed partial class Model
{
    /// <summary>Back-propagation of this model's loss as formulas, with the optimizer's own rule;
    /// without an optimizer, with plain gradient descent.</summary>
    /// <param name="feed">With it, every line also shows its numbers, in float64, for the variables as they are now.
    /// Nothing is changed.</param>
    /// <param name="cancellation">Stops while the numbers are computed.</param>
    /// <exception cref="GraphException">The model has no loss, or a placeholder was not fed.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Derivation Derivation(Feed? feed = null, CancellationToken cancellation = default)
    {
        if (_losses.Length == 0) throw new GraphException("The model has no loss: there is nothing to derive.");
        return SimpleFlow.Derivation.Of(_losses, _total, Optimizer is null ? null : Optimizer.Updates, feed, cancellation,
            Optimizer?.Remark);
    }

    /// <summary>Writes the derivation into a file: an HTML page with the picture of the network that needs nothing else (<c>.html</c>),
    /// Markdown with LaTeX (<c>.md</c>), or plain text (<c>.txt</c>).</summary>
    /// <param name="path">The file; its ending decides the form.</param>
    /// <param name="feed">With it, every line also shows its numbers.</param>
    /// <param name="cancellation">Stops before the file is written.</param>
    /// <exception cref="ArgumentException">The ending is none of these.</exception>
    /// <exception cref="GraphException">The model has no loss, or a placeholder was not fed.</exception>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Explain(string path, Feed? feed = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(path);
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".html" or ".md" or ".txt"))
            throw new ArgumentException($"{path}: the ending says what is written, and must be .html, .md or .txt.", nameof(path));
        WholeFile.Write(path, ending switch
        {
            ".html" => ExplanationHtml(feed, cancellation),
            ".md" => Derivation(feed, cancellation).ToMarkdown(),
            _ => Derivation(feed, cancellation).ToText()
        });
    }

    /// <summary>All there is to see of the model on one page: its picture, its derivation and, with a feed, its trace.</summary>
    internal string ExplanationHtml(Feed? feed, CancellationToken cancellation = default)
    {
        var derivation = Derivation(feed, cancellation);
        return new ExplanationPage("A network and its back-propagation",
        [
            new PageSection("Picture", "Every node a box, every value an arrow with its shape.",
                Drawing(cancellation: cancellation).ToSvg()),
            .. DerivationHtml.Sections(derivation),
            .. feed is null ? (PageSection[])[] : [TraceSection(Trace(feed, differences: true, cancellation))],
        ]).ToHtml();
    }

    private static PageSection TraceSection(Trace trace) =>
        new("Trace",
            "Every node with its value, its gradient and how it hands gradients back, in "
                + $"float64.{(trace.Sampled is { } sampled ? " " + sampled : "")}", trace.ToHtml());

    /// <summary>The picture of this model's losses and predictions.</summary>
    /// <param name="options">What else to show: gradients, numbers, layers as one box.</param>
    /// <param name="cancellation">Stops while the numbers of a feed are computed.</param>
    /// <exception cref="GraphException">Gradients are asked for and there is no loss, or the feed lacks a placeholder.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public Drawing Drawing(DrawingOptions? options = null, CancellationToken cancellation = default) =>
        SimpleFlow.Drawing.Of([.. _losses, .. _predictions], (options ?? new DrawingOptions()) with { Losses = options?.Losses ?? _losses },
            cancellation);

    /// <summary>Draws the model into a file: <c>.svg</c>, <c>.dot</c> for Graphviz, or <c>.mmd</c> for Mermaid.</summary>
    /// <param name="path">The file; its ending decides the form.</param>
    /// <param name="options">What else to show.</param>
    /// <param name="cancellation">Stops before the file is written.</param>
    /// <exception cref="ArgumentException">The ending is none of these.</exception>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public void Draw(string path, DrawingOptions? options = null, CancellationToken cancellation = default) =>
        Drawing(options, cancellation).Save(path);

    /// <summary>The plan of a training step for these shapes as a picture (SVG):
    /// which nodes run together, and what lies where in the arena from step to step.</summary>
    /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing.</exception>
    public string PlanSvg(Feed feed)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        return PlanDrawing.Write(Trainable(_training).For(Shapes(feed)).Plan);
    }
}
