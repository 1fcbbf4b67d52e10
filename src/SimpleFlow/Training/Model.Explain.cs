namespace SimpleFlow;

/// <content>Looking into the model: how its loss is derived, and what the optimizer makes of it.</content>
public sealed partial class Model
{
    /// <summary>Back-propagation of this model's loss as formulas, with the optimizer's own rule; without an optimizer, with plain gradient descent.</summary>
    /// <param name="feed">With it, every line also shows its numbers, in float64, for the variables as they are now. Nothing is changed.</param>
    /// <exception cref="GraphException">The model has no loss, or a placeholder was not fed.</exception>
    public Derivation Derivation(Feed? feed = null)
    {
        if (_losses.Length == 0) throw new GraphException("The model has no loss: there is nothing to derive.");
        return SimpleFlow.Derivation.Of(_losses, SimpleFlow.Derivation.TotalOf(_losses), Optimizer is null ? null : Optimizer.Updates, feed);
    }

    /// <summary>Writes the derivation into a file: an HTML page that needs nothing else (<c>.html</c>), Markdown with LaTeX (<c>.md</c>), or plain text (<c>.txt</c>).</summary>
    /// <param name="path">The file; its ending decides the form.</param>
    /// <param name="feed">With it, every line also shows its numbers.</param>
    /// <exception cref="ArgumentException">The ending is none of these.</exception>
    /// <exception cref="GraphException">The model has no loss, or a placeholder was not fed.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Explain(string path, Feed? feed = null)
    {
        ArgumentNullException.ThrowIfNull(path);
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".html" or ".md" or ".txt")) throw new ArgumentException($"{path}: the ending says what is written, and must be .html, .md or .txt.", nameof(path));
        var derivation = Derivation(feed);
        File.WriteAllText(path, ending switch { ".html" => derivation.ToHtml(), ".md" => derivation.ToMarkdown(), _ => derivation.ToText() });
    }
}
