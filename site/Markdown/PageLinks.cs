using System.Text.RegularExpressions;

namespace SimpleFlow.Site.Markdown;

/// <summary>Rewrites the links of one page.</summary>
public sealed partial class PageLinks(Targets targets, string source, string path)
{
    /// <summary>Where a link of the file leads on the page.</summary>
    public string Of(string target)
    {
        if (target.StartsWith('#') || Scheme().IsMatch(target)) return target;
        var (file, anchor) = target.IndexOf('#') is var at and >= 0 ? (target[..at], target[at..]) : (target, "");
        var resolved = Paths.Resolve(source, Uri.UnescapeDataString(file))
            ?? throw new SiteException($"{source}: the link '{target}' leads out of the repository.");
        var there = targets.Of(resolved)
            ?? throw new SiteException($"{source}: there is no '{resolved}', to which the link '{target}' leads.");
        return Paths.Relative(path, there) + anchor;
    }

    /// <summary>The same for the links in a piece of HTML that stands in the Markdown.</summary>
    public string InHtml(string html) => Attribute().Replace(html, match => $"{match.Groups[1].Value}=\"{Of(match.Groups[2].Value)}\"");

    [GeneratedRegex("^[a-zA-Z][a-zA-Z0-9+.-]*:")]
    private static partial Regex Scheme();

    [GeneratedRegex("\\b(src|href|srcset)=\"([^\"]*)\"")]
    private static partial Regex Attribute();
}
