using System.Text;
using Markdig.Extensions.Mathematics;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SimpleFlow.Site.Markdown;

/// <summary>What a reader sees of a piece of Markdown, without its marks.</summary>
public static class PlainText
{
    public static string Of(MarkdownObject part)
    {
        var text = new StringBuilder();
        Add(text, part);
        return string.Join(' ', text.ToString().Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Add(StringBuilder text, MarkdownObject part)
    {
        switch (part)
        {
            case LiteralInline literal: text.Append(literal.Content.AsSpan()); break;
            case CodeInline code: text.Append(code.Content); break;
            case MathInline math: text.Append(math.Content.AsSpan()); break;
            case AutolinkInline link: text.Append(link.Url); break;
            case LineBreakInline: text.Append(' '); break;
            case HtmlEntityInline entity: text.Append(entity.Transcoded.AsSpan()); break;
            case HtmlInline or HtmlBlock: text.Append(' '); break;
            case ContainerInline container:
                foreach (var child in container) Add(text, child);
                break;
            case LeafBlock { Inline: { } inline }:
                Add(text, inline);
                text.Append(' ');
                break;
            case CodeBlock code: text.Append(code.Lines.ToString()).Append(' '); break;
            case ContainerBlock block:
                foreach (var child in block) Add(text, child);
                text.Append(' ');
                break;
        }
    }
}
