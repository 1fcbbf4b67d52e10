using System.Text;
using Microsoft.CodeAnalysis;

namespace SimpleFlow.Site.Api;

/// <summary>The page that lists every public type, by package and folder: what a program needs first comes first.</summary>
internal sealed class ApiIndex(IReadOnlyList<ApiPackage> packages, ApiLinks links)
{
    public const string Path = "api/index.html";

    private static readonly string[] Order = ["Networks", "Training", "Layers", "Ops", "Graphs", "Data", "Inspection", "Diagnostics"];

    private readonly DocText _text = new(links, Path);
    private readonly StringBuilder _body = new();
    private readonly List<Heading> _headings = [];

    public Page Make()
    {
        _body.Append("<h1>API reference</h1>\n")
            .Append("<p class=\"lead\">Every public type of the packages, from their doc comments. Search finds members by name.</p>\n");
        foreach (var package in packages)
        {
            Add(2, package.Name, package.Name);
            _body.Append($"<p>{Html.Text(package.About)}</p>\n");
            var folders = package.Types.GroupBy(FolderOf)
                .OrderBy(group => Array.IndexOf(Order, group.Key) is var at and >= 0 ? at : Order.Length)
                .ThenBy(group => group.Key, StringComparer.Ordinal).ToList();
            foreach (var folder in folders)
            {
                if (folders.Count > 1) Add(3, $"{package.Name}-{folder.Key}", folder.Key);
                Add(folder);
            }
        }
        return new Page(Path, Language.English, "API reference", _body.ToString())
        {
            Kind = "api",
            Headings = _headings,
            Description = $"Every public type and member of {string.Join(", ", packages.Select(package => package.Name))}.",
            Passages = [new Passage("API reference", "", "types members reference", "page")],
        };
    }

    private void Add(int level, string anchor, string title)
    {
        _headings.Add(new Heading(level, anchor, title));
        _body.Append($"<h{level} id=\"{anchor}\">{Html.Text(title)}</h{level}>\n");
    }

    private void Add(IEnumerable<INamedTypeSymbol> types)
    {
        _body.Append("<div class=\"table\"><table class=\"types\">\n");
        foreach (var type in types)
        {
            var summary = FirstSentence(_text.Of(DocText.Comment(type).Element("summary")));
            _body.Append($"<tr><td>{Html.Link(links.Of(type, Path)!, Html.Code(Members.TypeName(type)))}</td><td>{summary}</td></tr>\n");
        }
        _body.Append("</table></div>\n");
    }

    /// <summary>The folder of the library in which a type is written.</summary>
    private static string FolderOf(INamedTypeSymbol type)
    {
        var path = Members.Home(type).SourceTree!.FilePath.Split('/');
        return path.Length > 3 ? path[2] : "";
    }

    private static string FirstSentence(string html)
    {
        var end = html.IndexOf(". ", StringComparison.Ordinal);
        // Not inside of a link or code.
        return end < 0 || html[..end].Count(letter => letter == '<') % 2 != 0 ? html : html[..(end + 1)];
    }
}
