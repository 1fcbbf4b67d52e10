using System.Text;
using Markdig.Renderers.Html;
using Markdig.Syntax;

namespace SimpleFlow.Site.Markdown;

/// <summary>What the search finds on a page: its sections, from heading to heading, and its entries.</summary>
internal static class Sections
{
    public static List<Passage> Of(MarkdownDocument document, string page)
    {
        var passages = new List<Passage>();
        var (title, anchor, text) = (page, "", new StringBuilder());
        foreach (var block in document)
        {
            if (block is HeadingBlock heading)
            {
                if (heading.Level == 1) continue;
                passages.Add(new Passage(title, anchor, text.ToString().Trim(), "page"));
                (title, anchor) = (PlainText.Of(heading), heading.GetAttributes().Id!);
                text.Clear();
                continue;
            }
            var entries = block is ContainerBlock container ? Anchors.Entries(container).ToList() : [];
            passages.AddRange(entries.Select(entry =>
                new Passage(entry.Title, entry.Block.GetAttributes().Id!, Without(PlainText.Of(entry.Block), entry.Title), "entry")));
            // What the entries say is found with them.
            if (entries.Count == 0) text.Append(PlainText.Of(block)).Append(' ');
        }
        passages.Add(new Passage(title, anchor, text.ToString().Trim(), "page"));
        return passages;
    }

    private static string Without(string text, string title) =>
        text.StartsWith(title, StringComparison.Ordinal) ? text[title.Length..].Trim() : text;
}
