using System.Text;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SimpleFlow.Site.Api;

/// <summary>The doc comment of a type or member as HTML.</summary>
internal sealed class DocText(ApiLinks links, string page)
{
    /// <summary>The comment of a symbol; of what it overrides or implements, if it says so or has none.</summary>
    public static XElement Comment(ISymbol symbol) => Comment(symbol, depth: 0);

    private static XElement Comment(ISymbol symbol, int depth)
    {
        var xml = symbol.GetDocumentationCommentXml(expandIncludes: true);
        var comment = string.IsNullOrWhiteSpace(xml) ? new XElement("member") : XElement.Parse(xml, LoadOptions.PreserveWhitespace);
        if (depth > 8) return comment;
        if (comment.Name != "member") comment = new XElement("member", comment);
        if (comment.Element("inheritdoc") is { } inherit)
        {
            var from = inherit.Attribute("cref")?.Value is { } cref ? Referred(symbol, cref) : Base(symbol);
            if (from is not null) Complete(comment, Comment(from, depth + 1));
        }
        else if (!comment.HasElements && symbol is IPropertySymbol { ContainingType.IsRecord: true } property)
        {
            // A record's parameter is a property, and its comment is the parameter's.
            var parameter = Comment(property.ContainingType, depth + 1).Elements("param")
                .FirstOrDefault(param => param.Attribute("name")?.Value == property.Name);
            if (parameter is not null) comment.Add(new XElement("summary", parameter.Nodes()));
        }
        else if (!comment.HasElements && symbol is IMethodSymbol { MethodKind: MethodKind.Constructor } constructor
            && IsPrimary(constructor))
        {
            var type = Comment(constructor.ContainingType, depth + 1);
            comment.Add(type.Elements("param"), type.Elements("exception"));
        }
        else if (!comment.HasElements && Base(symbol) is { } overridden)
        {
            return Comment(overridden, depth + 1);
        }
        return comment;
    }

    private static bool IsPrimary(IMethodSymbol constructor) =>
        constructor.DeclaringSyntaxReferences.Any(reference => reference.GetSyntax() is TypeDeclarationSyntax);

    private static void Complete(XElement comment, XElement other)
    {
        foreach (var element in other.Elements())
        {
            // Of a parameter or an exception, the one of the same name.
            var isThere = comment.Elements(element.Name)
                .Any(own => Value(own, "name") == Value(element, "name") && Value(own, "cref") == Value(element, "cref"));
            if (!isThere) comment.Add(element);
        }
    }

    private static string? Value(XElement element, string name) => element.Attribute(name)?.Value;

    private static ISymbol? Referred(ISymbol symbol, string cref) => symbol.ContainingAssembly is ISourceAssemblySymbol assembly
        ? DocumentationCommentId.GetFirstSymbolForDeclarationId(cref, assembly.Compilation) : null;

    private static ISymbol? Base(ISymbol symbol) => symbol switch
    {
        IMethodSymbol { OverriddenMethod: { } method } => method,
        IPropertySymbol { OverriddenProperty: { } property } => property,
        INamedTypeSymbol { BaseType: { SpecialType: not SpecialType.System_Object } type } => type,
        _ => symbol.ContainingType?.AllInterfaces.SelectMany(one => one.GetMembers())
            .FirstOrDefault(member => IsImplementedBy(member, symbol)),
    };

    private static bool IsImplementedBy(ISymbol member, ISymbol symbol) =>
        SymbolEqualityComparer.Default.Equals(symbol.ContainingType.FindImplementationForInterfaceMember(member), symbol);

    /// <summary>The text of an element of a comment: paragraphs, lists, code, links.</summary>
    public string Of(XElement? element)
    {
        var html = new StringBuilder();
        if (element is not null) foreach (var node in element.Nodes()) Add(html, node);
        return html.ToString().Trim();
    }

    private void Add(StringBuilder html, XNode node)
    {
        if (node is XText text)
        {
            html.Append(Html.Text(text.Value));
            return;
        }
        if (node is not XElement element) return;
        html.Append(element.Name.LocalName switch
        {
            "see" or "seealso" => See(element),
            "paramref" or "typeparamref" => Html.Code(Value(element, "name") ?? ""),
            "c" => Html.Code(element.Value),
            "code" => Markdown.CodeRenderer.Code(Unindented(element.Value), Value(element, "lang") ?? "csharp"),
            "para" => $"<p>{Of(element)}</p>",
            "list" => List(element),
            "br" => "<br>",
            "b" or "i" or "em" or "strong" => $"<{element.Name}>{Of(element)}</{element.Name}>",
            _ => Of(element),
        });
    }

    private string See(XElement see)
    {
        if (Value(see, "langword") is { } word) return Html.Code(word);
        if (Value(see, "href") is { } address) return Html.Link(address, see.IsEmpty ? Html.Text(address) : Of(see));
        return Reference(Value(see, "cref") ?? "", see.IsEmpty ? "" : Of(see));
    }

    /// <summary>A link to what a comment names, or its name if it is not of these libraries.</summary>
    public string Reference(string id, string text = "")
    {
        if (text.Length == 0) text = Html.Code(Short(id));
        return links.Of(id, page) is { } link ? Html.Link(link, text) : text;
    }

    /// <summary><c>M:SimpleFlow.Model.Fit(…)</c> as <c>Model.Fit</c>.</summary>
    private static string Short(string id)
    {
        var (kind, name) = id.Length > 2 && id[1] == ':' ? (id[0], id[2..]) : ('!', id);
        var end = name.IndexOf('(');
        if (end >= 0) name = name[..end];
        var parts = name.Split('.').Select(part => part.IndexOf('`') is var tick and >= 0 ? part[..tick] : part).ToArray();
        if (kind is 'M' && parts is [.., var type, "#ctor"]) return type;
        return string.Join('.', parts[^Math.Min(parts.Length, kind is 'T' or 'N' or '!' ? 1 : 2)..]);
    }

    private string List(XElement list)
    {
        if (Value(list, "type") == "table")
        {
            var rows = list.Elements().Select(row => $"<tr>{string.Concat(row.Elements().Select(cell => $"<td>{Of(cell)}</td>"))}</tr>");
            return $"<div class=\"table\"><table>{string.Concat(rows)}</table></div>";
        }
        var tag = Value(list, "type") == "number" ? "ol" : "ul";
        return $"<{tag}>{string.Concat(list.Elements("item").Select(item => $"<li>{Of(item)}</li>"))}</{tag}>";
    }

    private static string Unindented(string code)
    {
        var lines = code.Trim('\n', '\r').TrimEnd().Split('\n');
        var margin = lines.Where(line => line.Trim().Length > 0)
            .Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty().Min();
        return string.Join('\n', lines.Select(line => line.Length >= margin ? line[margin..] : line.TrimStart()));
    }
}
