using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace SimpleFlow.Site.Markdown;

/// <summary>A line that ends within a Chinese sentence: browsers would show its end as a space, and Chinese has none.</summary>
internal static class ChineseLines
{
    /// <summary>Takes out the ends of lines that have Chinese on both sides.</summary>
    public static void Join(MarkdownDocument document)
    {
        foreach (var end in document.Descendants<LineBreakInline>().Where(end => !end.IsHard).ToList())
        {
            var (before, after) = (Text(end.PreviousSibling), Text(end.NextSibling));
            if (before.Length > 0 && after.Length > 0 && IsChinese(before[^1]) && IsChinese(after[0])) end.Remove();
        }
    }

    private static string Text(Inline? inline) => inline is null ? "" : PlainText.Of(inline);

    // Characters, and signs such as 。，：（）“”.
    private static bool IsChinese(char letter) =>
        letter is (>= '\u3000' and <= '\u303f') or (>= '\u3400' and <= '\u9fff') or (>= '\uff00' and <= '\uffef') or '“' or '”';
}
