using Markdig;
using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SimpleFlow.Site.Markdown;

/// <summary>Turns the Markdown files of the repository into pages. The files are written for a code-hosting page, and mean the same here:
/// anchors, relative links, notes, folded parts, formulas.</summary>
public sealed class MarkdownPages(Targets targets)
{
    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .UsePipeTables().UseMathematics().UseAlertBlocks().UseTaskLists().UseAutoLinks().UseFootnotes()
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough).Build();

    /// <summary>The document of a file, with the anchors on its headings and entries.</summary>
    public static MarkdownDocument Read(string text)
    {
        var document = Markdig.Markdown.Parse(text, Pipeline);
        ChineseLines.Join(document);
        // In a table, a bar within code is escaped, and the escape is not shown.
        foreach (var code in document.Descendants<Table>().SelectMany(table => table.Descendants<CodeInline>()))
            code.Content = code.Content.Replace("\\|", "|", StringComparison.Ordinal);
        Anchors.Give(document);
        return document;
    }

    /// <summary>Makes the page of a file.</summary>
    public Page Make(string source, string text)
    {
        var document = Read(text);
        var path = targets.PageOf(source);
        var twin = Twins.Of(source, targets.Repository);
        // The bar of the page has that link.
        if (twin is not null && document.OfType<ParagraphBlock>().FirstOrDefault(block => IsLinkTo(block, source, twin)) is { } link)
            document.Remove(link);
        var html = Render(document, source, path);
        var headings = document.Descendants<HeadingBlock>().ToList();
        var title = headings.FirstOrDefault(heading => heading.Level == 1) is { } first ? PlainText.Of(first)
            : throw new SiteException($"{source} has no title: begin it with a line '# …'.");
        return new Page(path, Twins.LanguageOf(source), title, html)
        {
            Description = Description(document, Twins.LanguageOf(source)),
            Headings = [.. headings.Where(heading => heading.Level is 2 or 3)
                .Select(heading => new Heading(heading.Level, heading.GetAttributes().Id!, PlainText.Of(heading)))],
            Passages = Sections.Of(document, title),
            Twin = twin is null ? null : targets.PageOf(twin),
        };
    }

    /// <summary>Whether a paragraph has nothing but a link to the page in the other language, and perhaps that language's name.</summary>
    private static bool IsLinkTo(ParagraphBlock block, string source, string twin) => PlainText.Of(block).Length < 20
        && block.Descendants<LinkInline>().ToList() is [var link] && Paths.Resolve(source, link.Url ?? "") == twin;

    /// <summary>A part of a document as HTML.</summary>
    /// <param name="part">The part.</param>
    /// <param name="source">The file in which it stands.</param>
    /// <param name="path">The page on which it is shown.</param>
    public string Render(MarkdownObject part, string source, string path)
    {
        using var writer = new StringWriter();
        var renderer = new HtmlRenderer(writer);
        Pipeline.Setup(renderer);
        var links = new PageLinks(targets, source, path);
        var words = Twins.LanguageOf(source);
        renderer.ObjectRenderers.Replace<CodeBlockRenderer>(new CodeRenderer());
        renderer.ObjectRenderers.RemoveAll(other => other is HtmlMathBlockRenderer);
        renderer.ObjectRenderers.Replace<HtmlMathInlineRenderer>(new InlineFormula());
        renderer.ObjectRenderers.Replace<HtmlBlockRenderer>(new RawBlock(links));
        renderer.ObjectRenderers.Replace<Markdig.Renderers.Html.Inlines.HtmlInlineRenderer>(new RawInline(links));
        renderer.ObjectRenderers.Replace<Markdig.Renderers.Html.Inlines.LinkInlineRenderer>(new LinkRenderer(links));
        renderer.ObjectRenderers.Replace<HeadingRenderer>(new AnchoredHeading(words));
        renderer.ObjectRenderers.Replace<HtmlTaskListRenderer>(new TaskBox(words));
        renderer.ObjectRenderers.Replace<HtmlTableRenderer>(new ScrollingTable());
        renderer.Render(part);
        return writer.ToString();
    }

    /// <summary>The first paragraph, at most 200 letters of it.</summary>
    private static string Description(MarkdownDocument document, Language language)
    {
        // A Chinese sign says as much as two or three letters.
        var least = language == Language.Chinese ? 12 : 30;
        var first = document.OfType<ParagraphBlock>().Select(PlainText.Of).FirstOrDefault(text => text.Length > least) ?? "";
        if (first.Length <= 200) return first;
        var end = first.LastIndexOfAny(['.', '。', ' ', '，'], 200);
        return first[..(end < 60 ? 200 : end)].TrimEnd('.', ',', ' ') + "…";
    }
}
