using System.Net;
using System.Text.RegularExpressions;

namespace SimpleFlow.Site;

/// <summary>Text as HTML, and back.</summary>
public static partial class Html
{
    public static string Text(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal)
        .Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);

    public static string Attribute(string text) => Text(text).Replace("\"", "&quot;", StringComparison.Ordinal);

    /// <summary>A link around some HTML.</summary>
    public static string Link(string address, string html, string attributes = "") =>
        $"<a{(attributes.Length == 0 ? "" : " " + attributes)} href=\"{Attribute(address)}\">{html}</a>";

    public static string Code(string text) => $"<code>{Text(text)}</code>";

    /// <summary>A link from a heading to itself, seen when the pointer is over it.</summary>
    public static string Anchor(string anchor, string label) =>
        Link("#" + anchor, "#", $"class=\"anchor\" aria-label=\"{Attribute(label)}\"");

    /// <summary>What a reader sees of some HTML: words with single spaces between them.</summary>
    public static string Words(string html) =>
        Spaces().Replace(WebUtility.HtmlDecode(Tags().Replace(Blocks().Replace(html, " "), "")), " ").Trim();

    /// <summary>The anchor that a code-hosting page makes of a heading: lower case, spaces as hyphens, punctuation left out.</summary>
    public static string AnchorOf(string heading) => string.Concat(heading.Trim().ToLowerInvariant()
        .Where(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_' or ' ').Select(letter => letter == ' ' ? '-' : letter));

    [GeneratedRegex(
        "<annotation[^>]*>.*?</annotation>|</?(?:p|li|ul|ol|td|th|tr|table|div|pre|h[1-6]|br|dt|dd|section|summary)\\b[^>]*>",
        RegexOptions.Singleline)]
    private static partial Regex Blocks();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Tags();

    [GeneratedRegex("\\s+")]
    private static partial Regex Spaces();
}
