using System.Text;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;

namespace SimpleFlow.Site.Api;

/// <summary>The reference: one page for each public type.</summary>
internal sealed class ApiPages(IReadOnlyList<ApiPackage> packages, Targets targets)
{
    private readonly ApiLinks _links = new(packages);

    public IEnumerable<Page> All() => packages.SelectMany(package => package.Types.Select(type => Of(package, type)))
        .Prepend(new ApiIndex(packages, _links).Make());

    private Page Of(ApiPackage package, INamedTypeSymbol type)
    {
        var page = ApiLinks.PageOf(type);
        var text = new DocText(_links, page);
        var name = Members.TypeName(type);
        var kind = Members.Kind(type);
        var comment = DocText.Comment(type);
        var summary = text.Of(comment.Element("summary"));
        var body = new StringBuilder($"<h1>{Html.Code(name)} <span class=\"kind\">{kind}</span></h1>\n<p class=\"lead\">{summary}</p>\n");
        body.Append(Declaration(new Signature(_links, page).Of(type))).Append(Facts(type, page, package));
        // A record's parameters are its properties, which are listed below.
        body.Append(Details(comment, text, isRecord: type.IsRecord));
        var headings = new List<Heading>();
        var passages = new List<Passage> { new(name, "", Html.Words(summary), kind) };
        foreach (var group in Members.Of(type).GroupBy(Members.Group).OrderBy(group => Array.IndexOf(Members.Groups, group.Key)))
        {
            // No member is called so.
            var groupAnchor = group.Key.Many.ToLowerInvariant() + "-";
            headings.Add(new Heading(2, groupAnchor, group.Key.Many));
            body.Append($"<h2 id=\"{groupAnchor}\">{group.Key.Many}</h2>\n");
            foreach (var overloads in group.GroupBy(Members.Name))
            {
                var anchor = _links.Anchor(overloads.First());
                headings.Add(new Heading(3, anchor, overloads.Key));
                foreach (var member in overloads) body.Append(Member(member, page, text));
                var words = overloads.Select(member => Html.Words(text.Of(DocText.Comment(member).Element("summary")))).Distinct();
                var title = group.Key == Members.Constructors ? $"new {name}" : $"{name}.{overloads.Key}";
                passages.Add(new Passage(title, anchor, string.Join(' ', words), group.Key.One));
            }
        }
        body.Append(Inherited(type, page));
        return new Page(page, Language.English, name, body.ToString())
        {
            Kind = "api",
            Headings = headings,
            Passages = passages,
            Description = $"{kind} {name}: {Html.Words(summary)}",
            Above = ("API reference", ApiIndex.Path),
        };
    }

    private static string Declaration(string signature) =>
        $"<div class=\"block code signature\"><pre><code>{signature}</code></pre></div>\n";

    private string Facts(INamedTypeSymbol type, string page, ApiPackage package)
    {
        var facts = new List<string> { $"Package {package.Name}", $"namespace {type.ContainingNamespace.ToDisplayString()}" };
        var derived = packages.SelectMany(other => other.Types)
            .Where(other => SymbolEqualityComparer.Default.Equals(other.BaseType?.OriginalDefinition, type)).ToList();
        if (derived.Count > 0) facts.Add("derived: " + string.Join(", ", derived.Select(other => TypeLink(other, page))));
        facts.Add(SourceLink(type, page));
        return $"<p class=\"facts\">{string.Join(" · ", facts)}</p>\n";
    }

    private string TypeLink(INamedTypeSymbol type, string page)
    {
        var name = Html.Code(Members.TypeName(type));
        return _links.Of(type, page) is { } link ? Html.Link(link, name) : name;
    }

    private string SourceLink(ISymbol symbol, string page)
    {
        var place = Members.Home(symbol);
        var line = place.GetLineSpan().StartLinePosition.Line + 1;
        var file = place.SourceTree!.FilePath;
        var what = Html.Text($" of {Members.Name(symbol)}: {Path.GetFileName(file)}, line {line}");
        return Html.Link($"{Paths.Relative(page, targets.SourceOf(file))}#L{line}", $"source<span class=\"unseen\">{what}</span>");
    }

    private string Member(ISymbol member, string page, DocText text)
    {
        var comment = DocText.Comment(member);
        var anchor = _links.Anchor(member);
        var name = Members.Name(member);
        var summary = text.Of(comment.Element("summary"));
        return $"<section class=\"member\" id=\"{Html.Attribute(anchor)}\">\n"
            + $"<h3>{Html.Text(name)}{Receiver(member)} {Html.Anchor(anchor, $"Link to {name}")}</h3>\n"
            + Declaration(new Signature(_links, page).Of(member))
            + (summary.Length > 0 ? $"<p>{summary}</p>\n" : "")
            + Details(comment, text, isRecord: false)
            + $"<p class=\"facts\">{SourceLink(member, page)}</p>\n</section>\n";
    }

    /// <summary>What an extension is called on.</summary>
    private static string Receiver(ISymbol member) => member.ContainingType is { IsExtension: true, ExtensionParameter.Type: { } type }
        ? $" <span class=\"kind\">of {Html.Text(type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat))}</span>" : "";

    private static string Details(XElement comment, DocText text, bool isRecord)
    {
        string Named(XElement element) => Html.Code(element.Attribute("name")?.Value ?? "");
        var html = new StringBuilder();
        if (!isRecord) html.Append(List("Parameters", comment.Elements("param"), Named, text));
        html.Append(List("Type parameters", comment.Elements("typeparam"), Named, text));
        if (text.Of(comment.Element("returns")) is { Length: > 0 } returns) html.Append($"<h4>Returns</h4>\n<p>{returns}</p>\n");
        html.Append(List("Exceptions", comment.Elements("exception"), one => text.Reference(one.Attribute("cref")?.Value ?? ""), text));
        foreach (var remarks in comment.Elements("remarks")) html.Append($"<div class=\"remarks\">{Paragraph(text.Of(remarks))}</div>\n");
        foreach (var example in comment.Elements("example")) html.Append($"<h4>Example</h4>\n<div>{text.Of(example)}</div>\n");
        return html.ToString();
    }

    private static string List(string title, IEnumerable<XElement> elements, Func<XElement, string> term, DocText text)
    {
        var lines = elements.Select(element => $"<dt>{term(element)}</dt><dd>{text.Of(element)}</dd>\n").ToList();
        return lines.Count == 0 ? "" : $"<h4>{title}</h4>\n<dl>\n{string.Concat(lines)}</dl>\n";
    }

    private static string Paragraph(string html) => html.StartsWith("<p>", StringComparison.Ordinal) ? html : $"<p>{html}</p>";

    /// <summary>The members that a type has from those it derives from, as links.</summary>
    private string Inherited(INamedTypeSymbol type, string page)
    {
        var html = new StringBuilder();
        for (var up = type.BaseType; up is not null; up = up.BaseType)
        {
            var members = Members.Of(up.OriginalDefinition).DistinctBy(Members.Name)
                .Where(member => Members.Group(member) != Members.Constructors && type.GetMembers(member.Name).Length == 0)
                .Select(member => (Name: Members.Name(member), Link: _links.Of(member, page)))
                .Where(member => member.Link is not null).ToList();
            if (members.Count == 0) continue;
            html.Append($"<h2 id=\"from-{Html.Attribute(up.Name)}-\">From {TypeLink(up, page)}</h2>\n<p>")
                .AppendJoin(", ", members.Select(member => Html.Link(member.Link!, Html.Code(member.Name)))).Append("</p>\n");
        }
        return html.ToString();
    }
}
