using System.Text;
using Microsoft.CodeAnalysis;

namespace SimpleFlow.Site.Api;

/// <summary>Which page and anchor each public type and member has.</summary>
public sealed class ApiLinks
{
    private readonly Dictionary<string, (string Page, string Anchor)> _places = new(StringComparer.Ordinal);

    private static readonly SymbolDisplayFormat WholeName =
        new(typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces);

    public ApiLinks(IEnumerable<ApiPackage> packages)
    {
        foreach (var type in packages.SelectMany(package => package.Types))
        {
            var page = PageOf(type);
            _places[Id(type)] = (page, "");
            var taken = new Dictionary<string, int>(StringComparer.OrdinalIgnoreCase);
            foreach (var member in Members.Of(type))
            {
                var name = Plain(Members.Name(member));
                var count = taken[name] = taken.GetValueOrDefault(name) + 1;
                _places.TryAdd(Id(member), (page, count == 1 ? name : $"{name}-{count}"));
            }
        }
    }

    public static string PageOf(INamedTypeSymbol type)
    {
        var name = type.ToDisplayString(WholeName);
        return $"api/{name}{(type.Arity > 0 ? $"-{type.Arity}" : "")}.html";
    }

    public string Anchor(ISymbol member) => _places[Id(member)].Anchor;

    /// <summary>The link to a type or member, from a page of the reference; null if it is not of these libraries.</summary>
    public string? Of(ISymbol symbol, string from) => Of(Id(symbol.OriginalDefinition), from);

    public string? Of(string id, string from)
    {
        if (!_places.TryGetValue(id, out var place)) return null;
        var anchor = place.Anchor.Length == 0 ? "" : "#" + place.Anchor;
        return (place.Page == from && anchor.Length > 0 ? "" : Paths.Relative(from, place.Page)) + anchor;
    }

    private static string Id(ISymbol symbol) => symbol.GetDocumentationCommentId() ?? symbol.ToDisplayString();

    private static string Plain(string name)
    {
        var plain = new StringBuilder();
        foreach (var letter in name)
        {
            plain.Append(letter switch
            {
                '+' => "plus",
                '-' => "minus",
                '*' => "times",
                '/' => "divided",
                '=' => "equal",
                '!' => "not",
                '[' or ']' => "",
                ' ' or '<' or '>' or ',' or '?' or '.' => "-",
                _ => letter.ToString(),
            });
        }
        return plain.ToString();
    }
}
