using Microsoft.CodeAnalysis;

namespace SimpleFlow.Site.Api;

/// <summary>What of a type its page shows.</summary>
internal static class Members
{
    private static readonly string[] OfEveryRecord =
        ["ToString", "GetHashCode", "Equals", "PrintMembers", "Deconstruct", "EqualityContract"];

    public static bool IsVisible(ISymbol symbol) =>
        symbol.DeclaredAccessibility is Accessibility.Public or Accessibility.Protected or Accessibility.ProtectedOrInternal;

    /// <summary>The members that a program can use, without those that every object has.</summary>
    public static IEnumerable<ISymbol> Of(INamedTypeSymbol type) => type.GetMembers()
        .Concat(type.GetTypeMembers().Where(inner => inner.IsExtension).SelectMany(inner => inner.GetMembers()))
        .Where(member => IsVisible(member) && !IsImplicit(member) && !OfEveryRecord.Contains(member.Name))
        .Where(member => member is not INamedTypeSymbol and not IMethodSymbol { AssociatedSymbol: not null }
            and not IMethodSymbol { MethodKind: MethodKind.StaticConstructor or MethodKind.Destructor })
        // A sealed type has nobody to call what is protected in it.
        .Where(member => !type.IsSealed || member.DeclaredAccessibility == Accessibility.Public)
        .Where(member => type.TypeKind != TypeKind.Enum || member is IFieldSymbol)
        .DistinctBy(member => (member.GetDocumentationCommentId(), member.Name));

    private static bool IsImplicit(ISymbol member) =>
        member.IsImplicitlyDeclared && member is not IPropertySymbol { ContainingType.IsRecord: true };

    public static string Name(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => member.ContainingType.Name,
        IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } method => Operator(method),
        IPropertySymbol { IsIndexer: true } => "this[]",
        _ => member.Name,
    };

    public static readonly (string One, string Many) Constructors = ("constructor", "Constructors");

    /// <summary>The kinds of members, in the order of a page.</summary>
    public static readonly (string One, string Many)[] Groups = [("value", "Values"), Constructors, ("property", "Properties"),
        ("method", "Methods"), ("operator", "Operators"), ("event", "Events"), ("field", "Fields")];

    public static (string One, string Many) Group(ISymbol member) => member switch
    {
        IMethodSymbol { MethodKind: MethodKind.Constructor } => Constructors,
        IMethodSymbol { MethodKind: MethodKind.UserDefinedOperator or MethodKind.Conversion } => Groups[4],
        IMethodSymbol => Groups[3],
        IPropertySymbol => Groups[2],
        IEventSymbol => Groups[5],
        _ => member.ContainingType.TypeKind == TypeKind.Enum ? Groups[0] : Groups[6],
    };

    /// <summary>Where a symbol is written; if in several files, the one with its name.</summary>
    public static Location Home(ISymbol symbol)
    {
        var places = symbol.Locations.Where(place => place.IsInSource).ToList();
        return places.FirstOrDefault(place => Path.GetFileNameWithoutExtension(place.SourceTree!.FilePath) == symbol.Name) ?? places[0];
    }

    /// <summary>What a reader calls a type: <c>DataArray</c>, <c>Sequential.Parts</c>, <c>Tensor&lt;T&gt;</c>.</summary>
    public static string TypeName(INamedTypeSymbol type)
    {
        var name = type.ContainingType is null ? type.Name : $"{TypeName(type.ContainingType)}.{type.Name}";
        return type.Arity == 0 ? name : $"{name}<{string.Join(", ", type.TypeParameters.Select(parameter => parameter.Name))}>";
    }

    public static string Kind(INamedTypeSymbol type) => type switch
    {
        { IsRecord: true, IsValueType: true } => "record struct",
        { IsRecord: true } => "record",
        { IsStatic: true } => "static class",
        _ => type.TypeKind switch
        {
            TypeKind.Struct => "struct",
            TypeKind.Interface => "interface",
            TypeKind.Enum => "enum",
            TypeKind.Delegate => "delegate",
            _ => type.IsAbstract ? "abstract class" : "class",
        },
    };

    private static string Operator(IMethodSymbol method) => method.Name switch
    {
        "op_Implicit" or "op_Explicit" => $"to {method.ReturnType.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}",
        "op_Addition" => "a + b",
        "op_Subtraction" => "a - b",
        "op_Multiply" => "a * b",
        "op_Division" => "a / b",
        "op_UnaryNegation" => "-a",
        "op_Equality" => "a == b",
        "op_Inequality" => "a != b",
        _ => method.Name,
    };
}
