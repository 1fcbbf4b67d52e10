using System.Globalization;
using System.Net;
using System.Text;

namespace SimpleFlow;

/// <summary>A part of a page: its title, a sentence about it, and what it shows, as HTML.</summary>
internal sealed record PageSection(string Title, string Introduction, string Html);

/// <summary>One HTML page that needs no network and no other file: the derivation of a network, its picture and its numbers.</summary>
internal sealed class ExplanationPage(string title, IEnumerable<PageSection> sections)
{
    private const string Style = """
        :root { color-scheme: light dark; --ink: #1b1b1b; --paper: #ffffff; --soft: #6b6b6b; --rule: #e3e3e3; --accent: #0072b2; }
        @media (prefers-color-scheme: dark) { :root { --ink: #e8e8e8; --paper: #16181b; --soft: #a0a0a0; --rule: #33373c;
        --accent: #56b4e9; } }
        body { margin: 2.5rem auto; max-width: 72rem; padding: 0 1.5rem; font: 16px/1.55 system-ui, "DejaVu Sans", sans-serif;
        color: var(--ink); background: var(--paper); }
        h1 { font-size: 1.7rem; } h2 { margin-top: 2.4rem; font-size: 1.25rem; border-bottom: 2px solid var(--accent);
        padding-bottom: .25rem; }
        nav a { margin-right: 1.2rem; color: var(--accent); text-decoration: none; } p { color: var(--soft); }
        .scroll { overflow-x: auto; } table { border-collapse: collapse; width: 100%; } td, th { padding: .35rem .8rem .35rem 0;
        border-top: 1px solid var(--rule); vertical-align: baseline; text-align: left; }
        .formula math { font-size: 1.15rem; } .shape { white-space: nowrap; color: var(--accent); font-variant-numeric: tabular-nums; }
        .remark { color: var(--soft); }
        .numbers td { border-top: 0; padding-top: 0; color: var(--soft); font: .82rem ui-monospace, "DejaVu Sans Mono", monospace;
        overflow-wrap: anywhere; }
        svg { max-width: 100%; height: auto; background: #ffffff; } @media print { body { margin: 0; max-width: none; }
        nav { display: none; } tr { break-inside: avoid; } }
        """;

    public string ToHtml()
    {
        var parts = sections.ToList();
        var html = new StringBuilder($"""
            <!DOCTYPE html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{WebUtility.HtmlEncode(title)}</title>
            <style>
            {Style}
            </style>
            </head>
            <body>
            <h1>{WebUtility.HtmlEncode(title)}</h1>

            """);
        html.Append("<nav>").AppendJoin(' ',
            parts.Select((part, i) => $"<a href=\"#part-{i + 1}\">{WebUtility.HtmlEncode(part.Title)}</a>")).Append("</nav>\n");
        foreach (var (index, part) in parts.Index())
        {
            html.Append(CultureInfo.InvariantCulture,
                $"<section id=\"part-{index + 1}\">\n<h2>{WebUtility.HtmlEncode(part.Title)}</h2>\n<p>"
                    + $"{WebUtility.HtmlEncode(part.Introduction)}</p>\n");
            html.Append($"<div class=\"scroll\">\n{part.Html}</div>\n</section>\n");
        }
        return html.Append("</body>\n</html>\n").Replace("\r\n", "\n").ToString();
    }
}
