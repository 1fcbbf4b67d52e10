using System.Text;
using Microsoft.CodeAnalysis;

namespace SimpleFlow.Site.Api;

/// <summary>A declaration as C#, with a link on each type of these libraries.</summary>
internal sealed class Signature(ApiLinks links, string page)
{
    private const int LongestLine = 88;

    private static readonly SymbolDisplayFormat Format = new(
        genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters | SymbolDisplayGenericsOptions.IncludeTypeConstraints
            | SymbolDisplayGenericsOptions.IncludeVariance,
        memberOptions: SymbolDisplayMemberOptions.IncludeType | SymbolDisplayMemberOptions.IncludeParameters
            | SymbolDisplayMemberOptions.IncludeModifiers | SymbolDisplayMemberOptions.IncludeAccessibility
            | SymbolDisplayMemberOptions.IncludeConstantValue | SymbolDisplayMemberOptions.IncludeRef,
        delegateStyle: SymbolDisplayDelegateStyle.NameAndSignature,
        parameterOptions: SymbolDisplayParameterOptions.IncludeType | SymbolDisplayParameterOptions.IncludeName
            | SymbolDisplayParameterOptions.IncludeDefaultValue | SymbolDisplayParameterOptions.IncludeParamsRefOut
            | SymbolDisplayParameterOptions.IncludeExtensionThis,
        propertyStyle: SymbolDisplayPropertyStyle.ShowReadWriteDescriptor,
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypes,
        kindOptions: SymbolDisplayKindOptions.IncludeTypeKeyword,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.UseSpecialTypes
            | SymbolDisplayMiscellaneousOptions.IncludeNullableReferenceTypeModifier
            | SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>A type with its modifiers, and what it derives from.</summary>
    public string Of(INamedTypeSymbol type)
    {
        var modifiers = "public " + type switch
        {
            { IsStatic: true } => "static ",
            { TypeKind: not TypeKind.Class } => "",
            { IsAbstract: true } => "abstract ",
            { IsSealed: true } => "sealed ",
            _ => "",
        };
        var ownBase = type is { TypeKind: TypeKind.Class, BaseType.SpecialType: not SpecialType.System_Object } ? type.BaseType : null;
        // What a record or another interface brings with it is not worth naming.
        var interfaces = type.Interfaces.Where(one => type.TypeKind != TypeKind.Delegate && !(type.IsRecord && one.Name == "IEquatable"));
        var bases = interfaces.Prepend(ownBase).OfType<INamedTypeSymbol>().Select(one => Parts(one, kinds: false)).ToList();
        return $"<span class=\"k\">{modifiers}</span>{Parts(type, kinds: true)}{(bases.Count > 0 ? " : " : "")}{string.Join(", ", bases)}";
    }

    /// <summary>A member, one parameter a line where all of them do not fit into one.</summary>
    public string Of(ISymbol member)
    {
        var parts = member.ToDisplayParts(Format);
        var isLong = member is IMethodSymbol { Parameters.Length: > 1 } && parts.Sum(part => part.ToString().Length) > LongestLine;
        var html = new StringBuilder();
        var depth = 0;
        foreach (var part in parts)
        {
            var text = part.ToString();
            if (text is "(") depth++;
            if (text is ")") depth--;
            html.Append(Coloured(part, text, member));
            // A space follows the comma by itself.
            if (isLong && depth == 1 && text is "(") html.Append("\n    ");
            if (isLong && depth == 1 && text is ",") html.Append("\n   ");
        }
        return html.ToString();
    }

    private string Parts(INamedTypeSymbol type, bool kinds)
    {
        var format = kinds ? Format : Format.WithKindOptions(SymbolDisplayKindOptions.None);
        return string.Concat(type.ToDisplayParts(format).Select(part => Coloured(part, part.ToString(), kinds ? type : null)));
    }

    private string Coloured(SymbolDisplayPart part, string text, ISymbol? declared)
    {
        var name = part.Kind switch
        {
            SymbolDisplayPartKind.Keyword => "k",
            SymbolDisplayPartKind.StringLiteral => "s",
            SymbolDisplayPartKind.NumericLiteral => "n",
            SymbolDisplayPartKind.MethodName or SymbolDisplayPartKind.ExtensionMethodName => "f",
            _ when part.Symbol is ITypeSymbol => "t",
            _ => "",
        };
        var escaped = Html.Text(text);
        if (name.Length == 0) return escaped;
        var isItself = SymbolEqualityComparer.Default.Equals(part.Symbol, declared);
        return part.Symbol is INamedTypeSymbol type && name == "t" && !isItself && links.Of(type, page) is { } link
            ? Html.Link(link, escaped, $"class=\"{name}\"")
            : $"<span class=\"{name}\">{escaped}</span>";
    }
}
