using Markdig.Extensions.Mathematics;
using Markdig.Extensions.Tables;
using Markdig.Extensions.TaskLists;
using Markdig.Renderers;
using Markdig.Renderers.Html;
using Markdig.Renderers.Html.Inlines;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SimpleFlow.Site.Colours;

namespace SimpleFlow.Site.Markdown;

/// <summary>Code with its colours; a block of the language <c>math</c> as a formula.</summary>
internal sealed class CodeRenderer : HtmlObjectRenderer<CodeBlock>
{
    protected override void Write(HtmlRenderer renderer, CodeBlock block)
    {
        var language = block is FencedCodeBlock fenced ? fenced.Info ?? "" : "";
        var code = block.Lines.ToString();
        renderer.Write(block is MathBlock || language == "math"
            ? $"<div class=\"formula\">{LatexMath.ToMathMl(code, isBlock: true)}</div>\n"
            : Code(code, language));
    }

    /// <summary>A block of code; what a program prints looks different.</summary>
    public static string Code(string code, string language)
    {
        var kind = language is "text" or "" ? "output" : "code";
        return $"<div class=\"block {kind}\"><pre><code>{CodeColours.Of(code.TrimEnd('\n'), language)}</code></pre></div>\n";
    }
}

internal sealed class InlineFormula : HtmlObjectRenderer<MathInline>
{
    /// <summary>From about this length on, a formula may be wider than a phone.</summary>
    private const int Wide = 40;

    protected override void Write(HtmlRenderer renderer, MathInline formula)
    {
        var tex = formula.Content.ToString();
        var html = LatexMath.ToMathMl(tex, isBlock: formula.DelimiterCount > 1);
        renderer.Write(tex.Length > Wide ? $"<span class=\"wide\">{html}</span>" : html);
    }
}

/// <summary>HTML between paragraphs. Comments are for the tests, not for readers.</summary>
internal sealed class RawBlock(PageLinks links) : HtmlObjectRenderer<HtmlBlock>
{
    protected override void Write(HtmlRenderer renderer, HtmlBlock block)
    {
        if (block.Type != HtmlBlockType.Comment) renderer.Write(links.InHtml(block.Lines.ToString())).Write("\n");
    }
}

internal sealed class RawInline(PageLinks links) : HtmlObjectRenderer<HtmlInline>
{
    protected override void Write(HtmlRenderer renderer, HtmlInline inline)
    {
        if (!inline.Tag.StartsWith("<!--", StringComparison.Ordinal)) renderer.Write(links.InHtml(inline.Tag));
    }
}

/// <summary>Links and pictures. Pictures are drawn on white, and keep their size before they are loaded.</summary>
internal sealed class LinkRenderer(PageLinks links) : HtmlObjectRenderer<LinkInline>
{
    protected override void Write(HtmlRenderer renderer, LinkInline link)
    {
        var target = Html.Attribute(links.Of(link.Url ?? ""));
        if (link.IsImage)
        {
            renderer.Write($"<img src=\"{target}\" alt=\"{Html.Attribute(PlainText.Of(link))}\" loading=\"lazy\" decoding=\"async\">");
            return;
        }
        var title = string.IsNullOrEmpty(link.Title) ? "" : $" title=\"{Html.Attribute(link.Title)}\"";
        renderer.Write($"<a href=\"{target}\"{title}>");
        renderer.WriteChildren(link);
        renderer.Write("</a>");
    }
}

/// <summary>A heading with a link to itself.</summary>
internal sealed class AnchoredHeading(Language words) : HtmlObjectRenderer<HeadingBlock>
{
    protected override void Write(HtmlRenderer renderer, HeadingBlock heading)
    {
        var id = heading.GetAttributes().Id!;
        renderer.Write($"<h{heading.Level} id=\"{Html.Attribute(id)}\">");
        renderer.WriteLeafInline(heading);
        if (heading.Level > 1) renderer.Write(" " + Html.Anchor(id, $"{words.LinkTo} “{PlainText.Of(heading)}”"));
        renderer.Write($"</h{heading.Level}>\n");
    }
}

/// <summary>A box of a list of tasks: a sign to read, not a control to tick.</summary>
internal sealed class TaskBox(Language words) : HtmlObjectRenderer<TaskList>
{
    protected override void Write(HtmlRenderer renderer, TaskList task) =>
        renderer.Write($"<span role=\"img\" aria-label=\"{(task.Checked ? words.Done : words.ToDo)}\">{(task.Checked ? '☑' : '☐')}</span>");
}

/// <summary>A table that scrolls by itself where the screen is narrow. A head without words is no head.</summary>
internal sealed class ScrollingTable : HtmlObjectRenderer<Table>
{
    private readonly HtmlTableRenderer _inner = new();

    protected override void Write(HtmlRenderer renderer, Table table)
    {
        if (table.FirstOrDefault() is TableRow { IsHeader: true } head && PlainText.Of(head).Length == 0) table.Remove(head);
        renderer.Write("<div class=\"table\">");
        _inner.Write(renderer, table);
        renderer.Write("</div>\n");
    }
}
