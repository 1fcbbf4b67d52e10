using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SimpleFlow.Site.Markdown;

/// <summary>Gives each heading the anchor that a code-hosting page gives it, and each entry one too. An entry is an item of a list, or a
/// row of a table, that begins in bold: an error, a term of the glossary.</summary>
internal static class Anchors
{
    public static void Give(MarkdownDocument document)
    {
        var taken = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var heading in document.Descendants<HeadingBlock>())
            heading.GetAttributes().Id = Free(Html.AnchorOf(PlainText.Of(heading)), taken);
        foreach (var (block, title) in Entries(document))
        {
            var words = Html.AnchorOf(title).Trim('-').Split('-', StringSplitOptions.RemoveEmptyEntries);
            var anchor = string.Join('-', words.Take(12));
            block.GetAttributes().Id = Free(anchor.Length == 0 ? "entry" : anchor, taken);
        }
    }

    /// <summary>The entries of a document, with their titles.</summary>
    public static IEnumerable<(ContainerBlock Block, string Title)> Entries(ContainerBlock container)
    {
        foreach (var block in container)
        {
            var first = block switch
            {
                ListItemBlock item => item.FirstOrDefault() as ParagraphBlock,
                TableRow { IsHeader: false } row => (row.FirstOrDefault() as TableCell)?.FirstOrDefault() as ParagraphBlock,
                _ => null,
            };
            if (first?.Inline?.FirstChild is EmphasisInline { DelimiterCount: 2 } bold && PlainText.Of(bold) is { Length: > 0 } title)
                yield return ((ContainerBlock)block, title);
            if (block is ContainerBlock inner)
            {
                foreach (var entry in Entries(inner)) yield return entry;
            }
        }
    }

    private static string Free(string anchor, Dictionary<string, int> taken)
    {
        var count = taken.GetValueOrDefault(anchor, -1) + 1;
        taken[anchor] = count;
        if (count == 0) return anchor;
        var numbered = $"{anchor}-{count}";
        return taken.TryAdd(numbered, 0) ? numbered : Free(anchor, taken);
    }
}
