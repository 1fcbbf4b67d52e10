namespace SimpleFlow;

/// <summary>Looks inside a model: how its gradients are derived, what one step does, what it is compiled to, why it does not learn.
/// Only <c>Profile</c>, which makes steps, changes the model.</summary>
public static partial class Inspection
{
    extension(Model model)
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
            ArgumentNullException.ThrowIfNull(model);
            if (model.Losses.Count == 0) throw new GraphException("The model has no loss: there is nothing to derive.");
            return SimpleFlow.Derivation.Of(
                model.Losses, model.Graph.Total, model.Optimizer is { } optimizer
                    ? (variables, gradients) => optimizer.Updates(variables, gradients, model.Groups) : null, feed, cancellation,
                model.Optimizer?.Remark, model.Steps?.Trained);
        }

        /// <summary>Writes the derivation into a file: an HTML page with the picture of the network that needs nothing else (<c>.html</c>),
        /// Markdown with LaTeX (<c>.md</c>), or plain text (<c>.txt</c>).</summary>
        /// <param name="path">The file; its ending decides the format.</param>
        /// <param name="feed">With it, every line also shows its numbers.</param>
        /// <param name="cancellation">Stops before the file is written.</param>
        /// <exception cref="ArgumentException">The ending is not one of these.</exception>
        /// <exception cref="GraphException">The model has no loss, or a placeholder was not fed.</exception>
        /// <exception cref="SaveException">The file cannot be written; the old one is unchanged.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public void Explain(string path, Feed? feed = null, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(path);
            var ending = Path.GetExtension(path).ToLowerInvariant();
            if (ending is not (".html" or ".md" or ".txt"))
                throw new ArgumentException($"{path}: the ending decides the format, and must be .html, .md or .txt.", nameof(path));
            WholeFile.Write(path, ending switch
            {
                ".html" => model.ExplanationHtml(feed, cancellation),
                ".md" => model.Derivation(feed, cancellation).ToMarkdown(),
                _ => model.Derivation(feed, cancellation).ToText(),
            });
        }

        /// <summary>All there is to see of the model on one web page that works offline:
        /// its picture, its derivation and, with a feed, its trace.</summary>
        /// <param name="feed">With it, every line also shows its numbers.</param>
        /// <param name="cancellation">Stops while the numbers are computed.</param>
        /// <exception cref="GraphException">The model has no loss, or a placeholder was not fed.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled.</exception>
        public string ExplanationHtml(Feed? feed = null, CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            var derivation = model.Derivation(feed, cancellation);
            return new ExplanationPage("A network and its back-propagation",
            [
                new PageSection("Picture", "Every node a box, every value an arrow with its shape.",
                    model.Drawing(cancellation: cancellation).ToSvg()),
                .. DerivationHtml.Sections(derivation),
                .. feed is null ? (PageSection[])[] : [TraceSection(model.Trace(feed, differences: true, cancellation))],
            ]).ToHtml();
        }
    }

    private static PageSection TraceSection(Trace trace)
    {
        var sampled = trace.Sampled is { } text ? " " + text : "";
        return new("Trace", $"Every node with its value, its gradient and how it hands gradients back, in float64.{sampled}",
            trace.ToHtml());
    }
}
