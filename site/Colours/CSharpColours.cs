using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SimpleFlow.Site.Colours;

/// <summary>C# as HTML with a class on each keyword, string, number, comment, type and call. What is a type is guessed from where a name
/// stands, because a block on a page cannot always be compiled by itself.</summary>
public static class CSharpColours
{
    private static readonly CSharpParseOptions Options = new(LanguageVersion.Preview, DocumentationMode.None, SourceCodeKind.Regular,
        [new("NET"), new("NET10_0_OR_GREATER")]);

    public static string Of(string code)
    {
        // A file-based program begins with lines that only the SDK reads.
        var tree = CSharpSyntaxTree.ParseText(code, Options.WithFeatures([new("FileBasedProgram", "true")]));
        var html = new StringBuilder(code.Length * 2);
        foreach (var token in tree.GetRoot().DescendantTokens())
        {
            foreach (var piece in token.LeadingTrivia) Trivia(html, piece);
            Span(html, Class(token), token.Text);
            foreach (var piece in token.TrailingTrivia) Trivia(html, piece);
        }
        return html.ToString();
    }

    private static void Trivia(StringBuilder html, SyntaxTrivia trivia)
    {
        var kind = trivia.Kind();
        var name = trivia.IsDirective || kind == SyntaxKind.DisabledTextTrivia ? "d"
            : kind is SyntaxKind.WhitespaceTrivia or SyntaxKind.EndOfLineTrivia ? ""
            : "c";
        Span(html, name, trivia.ToFullString());
    }

    private static void Span(StringBuilder html, string name, string text)
    {
        if (name.Length == 0 || text.Length == 0)
        {
            html.Append(Html.Text(text));
            return;
        }
        // A span never reaches over the end of a line, so that lines can be cut apart.
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            if (i > 0) html.Append('\n');
            if (lines[i].Length > 0) html.Append("<span class=\"").Append(name).Append("\">").Append(Html.Text(lines[i])).Append("</span>");
        }
    }

    private static string Class(SyntaxToken token)
    {
        var kind = token.Kind();
        if (SyntaxFacts.IsKeywordKind(kind)) return "k";
        if (kind is SyntaxKind.NumericLiteralToken) return "n";
        if (kind is SyntaxKind.StringLiteralToken or SyntaxKind.CharacterLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken
            or SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.Utf8StringLiteralToken or SyntaxKind.InterpolatedStringStartToken
            or SyntaxKind.InterpolatedVerbatimStringStartToken or SyntaxKind.InterpolatedSingleLineRawStringStartToken
            or SyntaxKind.InterpolatedMultiLineRawStringStartToken
            or SyntaxKind.InterpolatedStringEndToken or SyntaxKind.InterpolatedRawStringEndToken
            or SyntaxKind.InterpolatedStringTextToken) return "s";
        return kind == SyntaxKind.IdentifierToken ? NameClass(token) : "";
    }

    private static string NameClass(SyntaxToken token)
    {
        var isVar = token.Text is "var" && token.Parent is IdentifierNameSyntax
        {
            Parent: VariableDeclarationSyntax or ForEachStatementSyntax or DeclarationExpressionSyntax,
        };
        if (isVar) return "k";
        return token.Parent switch
        {
            BaseTypeDeclarationSyntax or DelegateDeclarationSyntax or ConstructorDeclarationSyntax or TypeParameterSyntax => "t",
            MethodDeclarationSyntax or LocalFunctionStatementSyntax => "f",
            SimpleNameSyntax name => OfName(name),
            _ => "",
        };
    }

    private static string OfName(SimpleNameSyntax name)
    {
        // The name itself, or the last part of A.B.
        ExpressionSyntax whole = name.Parent is MemberAccessExpressionSyntax access && access.Name == name ? access : name;
        if (whole.Parent is InvocationExpressionSyntax call && call.Expression == whole) return "f";
        if (name.Parent is MemberBindingExpressionSyntax { Parent: InvocationExpressionSyntax }) return "f";
        if (name is GenericNameSyntax) return "t";
        var outer = name.Parent is QualifiedNameSyntax or AliasQualifiedNameSyntax ? name.Parent : name;
        var isType = outer.Parent is ObjectCreationExpressionSyntax or BaseTypeSyntax or TypeArgumentListSyntax or NullableTypeSyntax
            or ArrayTypeSyntax or TypeOfExpressionSyntax or CatchDeclarationSyntax or DeclarationPatternSyntax or RecursivePatternSyntax
            or TypeConstraintSyntax or PrimaryConstructorBaseTypeSyntax or AttributeSyntax
            || outer.Parent is ParameterSyntax parameter && parameter.Type == outer
            || outer.Parent is VariableDeclarationSyntax variable && variable.Type == outer
            || outer.Parent is MethodDeclarationSyntax method && method.ReturnType == outer
            || outer.Parent is LocalFunctionStatementSyntax local && local.ReturnType == outer
            || outer.Parent is PropertyDeclarationSyntax property && property.Type == outer
            || outer.Parent is CastExpressionSyntax cast && cast.Type == outer
            || outer.Parent is ForEachStatementSyntax each && each.Type == outer;
        if (isType) return "t";
        // Upper case and followed by a dot: a type of which something static is used.
        var isOwner = name.Parent is MemberAccessExpressionSyntax owner && owner.Expression == name
            && char.IsUpper(name.Identifier.Text[0]);
        return isOwner ? "t" : "";
    }
}
