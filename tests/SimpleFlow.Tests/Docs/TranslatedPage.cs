using System.Text.RegularExpressions;
using Markdig.Extensions.Tables;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SimpleFlow.Site;
using SimpleFlow.Site.Markdown;
using SimpleFlow.Tests.Learn;
using SimpleFlow.Tests.Site;

namespace SimpleFlow.Tests.Docs;

/// <summary>What a page has that is the same in each language: read from its Markdown, and written so that two lists can be compared.
/// </summary>
internal sealed partial class TranslatedPage(string path)
{
    private readonly MarkdownDocument _document = MarkdownPages.Read(string.Join('\n', Pages.Lines(path)));

    /// <summary>The levels of its headings, in order.</summary>
    public IEnumerable<int> Headings => _document.Descendants<HeadingBlock>().Select(heading => heading.Level);

    /// <summary>Its fenced blocks; of C#, without comments and layout.</summary>
    public IEnumerable<string> Blocks => CodeBlock.Of(path, Pages.Lines(path)).Select(block =>
        $"{block.Language} {block.Kind} {block.Name}\n{(block.Language == "csharp" ? LessonProgram.Bare(block.Text) : block.Text)}");

    /// <summary>The rows of each table, and its columns.</summary>
    public IEnumerable<string> Tables => _document.Descendants<Table>()
        .Select(table => $"{table.Count} rows of {table.Max(row => ((TableRow)row).Count)}");

    /// <summary>Where its links lead, as if it were English; not the one to its twin.</summary>
    public IEnumerable<string> Links => _document.Descendants<LinkInline>()
        .Select(link => (Place: Place(link), link.Title)).Where(link => link.Place != (English(path), -1))
        .Select(link => $"{link.Place.Page} {link.Place.Anchor} {link.Title}").Order(StringComparer.Ordinal);

    /// <summary>Links to an English page that has a Chinese one, and links to another one that do not say so.</summary>
    public IEnumerable<string> LinksToEnglish =>
        from link in _document.Descendants<LinkInline>()
        let page = Paths.Resolve(path, (link.Url ?? "").Split('#')[0])
        where page is not null && page != English(path) && page.EndsWith(".md", StringComparison.Ordinal)
            && Twins.LanguageOf(page) == Language.English
        let twin = Twins.Of(page, BuiltSite.Repository)
        where twin is not null || !(link.NextSibling is LiteralInline next && next.Content.ToString().StartsWith('（')
            && next.Content.ToString().Contains("英文", StringComparison.Ordinal))
        select twin is null ? $"{link.Url}: write （英文） behind it" : $"{link.Url}: link to {twin}";

    /// <summary>The figures and the code that each section has in its text.</summary>
    public IEnumerable<string> Figures
    {
        get
        {
            var sections = new List<List<string>> { new() };
            foreach (var block in _document)
            {
                if (block is HeadingBlock) sections.Add([]);
                if (block is FencedCodeBlock or HtmlBlock) continue;
                sections[^1].AddRange(Figure().Matches(PlainText.Of(block)).Select(match => match.Value));
                sections[^1].AddRange(block.Descendants<CodeInline>().Select(code => $"`{code.Content}`"));
            }
            return sections.SelectMany((found, i) => found.Distinct().Order(StringComparer.Ordinal).Select(one => $"section {i}: {one}"));
        }
    }

    private static string English(string page) =>
        Twins.LanguageOf(page) == Language.Chinese ? Twins.Of(page, BuiltSite.Repository) ?? page : page;

    /// <summary>A page and which of its anchors; -1 for the whole page. The anchor of a line of code is its number.</summary>
    private (string Page, int Anchor) Place(LinkInline link)
    {
        var url = link.Url ?? "";
        if (url.Contains("://", StringComparison.Ordinal)) return (url, -1);
        var (file, anchor) = url.Split('#') is [var before, var after] ? (before, Uri.UnescapeDataString(after)) : (url, "");
        var page = file.Length == 0 ? path : Paths.Resolve(path, Uri.UnescapeDataString(file)) ?? url;
        if (anchor.Length == 0) return (English(page), -1);
        if (!page.EndsWith(".md", StringComparison.Ordinal)) return (page, int.Parse(anchor[1..]));
        var anchors = MarkdownPages.Read(BuiltSite.Repository.Text(page)).Descendants()
            .Select(part => part.TryGetAttributes()?.Id).OfType<string>().ToList();
        return (English(page), anchors.IndexOf(anchor));
    }

    // A number by itself: not that of float64, nor that of 1D, which has a word in Chinese.
    [GeneratedRegex("(?<![A-Za-z0-9_.,])[0-9]+(?:[.,][0-9]+)*(?=st|nd|rd|th|[^A-Za-z0-9_]|$)")]
    private static partial Regex Figure();
}
