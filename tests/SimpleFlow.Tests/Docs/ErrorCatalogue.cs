using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SimpleFlow.Tests.Docs;

/// <summary>An error that the code can bring out: its type, its text with … for what is filled
/// in, and the file it comes from first.</summary>
internal sealed record CodeError(string Type, string Message, string File);

/// <summary>
/// All errors that the code makes, read from its syntax. What is written between quotes is the message; what is filled in becomes <c>…</c>.
/// <para>
/// A method that returns or throws an error and adds no word of its own to a text that it is given, such as <c>DataException Error(string
/// message) => new($"{_path}: {message}")</c>, is a teller: the errors are those of its calls.
/// So is a <c>Func&lt;string, DataException&gt;</c> that is handed on. An error that only repeats another's message is not listed again.
/// Not listed either is what .NET's own guards say, <c>ArgumentNullException.ThrowIfNull</c>, and
/// <c>UnreachableException</c>, which nobody can bring out.
/// </para>
/// </summary>
internal sealed partial class ErrorCatalogue
{
    private static readonly string[] Projects =
        ["SimpleFlow", "SimpleFlow.Images", "SimpleFlow.Onnx", "SimpleFlow.Mpi", "SimpleFlow.Plots", "SimpleFlow.Cli"];

    // Never leave the library: they are caught where they are thrown, and said in other words.
    private static readonly string[] Unlisted = ["UnreachableException", "JsonException"];

    private readonly List<(string File, SyntaxNode Root)> _files = [];
    private readonly List<Teller> _tellers = [];
    private readonly List<CodeError> _errors = [];

    private ErrorCatalogue()
    {
        var source = Path.Combine(Pages.Repository, "src");
        foreach (var path in Projects.SelectMany(project => Directory.EnumerateFiles(Path.Combine(source, project), "*.cs",
            SearchOption.AllDirectories)).Where(path => !Generated().IsMatch(path)).Order(StringComparer.Ordinal))
            _files.Add((Path.GetRelativePath(Pages.Repository, path).Replace('\\', '/'),
                CSharpSyntaxTree.ParseText(File.ReadAllText(path)).GetRoot()));
        foreach (var (file, root) in _files)
        {
            foreach (var made in root.DescendantNodes().OfType<BaseObjectCreationExpressionSyntax>()) Add(file, made);
            AddHandedOn(file, root);
        }
        // A teller may be called by another one.
        for (var known = 0; known < _tellers.Count; known++) AddCallsOf(_tellers[known]);
    }

    /// <summary>Every error once, in the order of the files.</summary>
    public static IReadOnlyList<CodeError> Read() => [.. new ErrorCatalogue()._errors.DistinctBy(error => (error.Type, error.Message))];

    private void Add(string file, BaseObjectCreationExpressionSyntax made)
    {
        if (TypeOf(made) is not { } type || !type.EndsWith("Exception", StringComparison.Ordinal) || Unlisted.Contains(type)) return;
        var arguments = made.ArgumentList?.Arguments ?? default;
        // What is a text at all: not the name of a parameter, not a value, not a cause. A rule and its advice are one message.
        var texts = arguments.Select(argument => argument.Expression).Where(IsText).ToList();
        if (texts.Count == 0)
            texts = [.. arguments.Select(argument => argument.Expression)
                .Where(argument =>
                    ParametersOf(made.Ancestors().FirstOrDefault(outer => outer is MethodDeclarationSyntax or LocalFunctionStatementSyntax))
                        .Any(parameter => parameter.Identifier.Text == argument.ToString() && IsMessage(parameter)))];
        foreach (var message in Alternatives(texts)) Add(file, type, made, message);
    }

    private void Add(string file, string type, SyntaxNode made, string message)
    {
        if (message.Any(char.IsLetter) && Words().IsMatch(Hole().Replace(message, "")))
        {
            _errors.Add(new CodeError(type, Hole().Replace(message, "…"), file));
            return;
        }
        // Nothing but places: either it is a teller, or it repeats what another error says.
        if (made.Ancestors().FirstOrDefault(outer => outer is MethodDeclarationSyntax or LocalFunctionStatementSyntax) is not { } function)
            return;
        // Nobody calls what gives something else for the sake of its error.
        var (given, name, isPrivate) = function is MethodDeclarationSyntax method
            ? (method.ReturnType, method.Identifier.Text, method.Modifiers.Any(SyntaxKind.PrivateKeyword))
            : (((LocalFunctionStatementSyntax)function).ReturnType, ((LocalFunctionStatementSyntax)function).Identifier.Text, true);
        if (given.ToString() != type && given.ToString() != "void") return;
        var parameters = ParametersOf(function);
        if (!Hole().Matches(message)
            .Any(hole => parameters.Any(parameter => parameter.Identifier.Text == hole.Groups["name"].Value && IsString(parameter))))
            return;
        var teller = new Teller(name, file, isPrivate, string.Join(',', parameters.Select(parameter => parameter.Identifier.Text)), type,
            message);
        if (!_tellers.Contains(teller)) _tellers.Add(teller);
    }

    // Func<string, DataException> damaged: whoever gives it puts the name of the file before the text, and a point behind it.
    private void AddHandedOn(string file, SyntaxNode root)
    {
        var declared = root.DescendantNodes().OfType<ParameterSyntax>().Select(parameter => (parameter.Type, parameter.Identifier.Text))
            .Concat(root.DescendantNodes().OfType<VariableDeclarationSyntax>()
                .Select(field => ((TypeSyntax?)field.Type, field.Variables[0].Identifier.Text)));
        foreach (var (type, name) in declared.Distinct())
        {
            if (Handed().Match(type?.ToString() ?? "") is not { Success: true } handed) continue;
            var teller = new Teller(name, file, IsPrivate: true, "what", handed.Groups["type"].Value, "\u0001path\u0002 \u0001what\u0002.");
            if (!_tellers.Contains(teller)) _tellers.Add(teller);
        }
    }

    private void AddCallsOf(Teller teller)
    {
        foreach (var (file, root) in _files)
        {
            foreach (var call in root.DescendantNodes().OfType<InvocationExpressionSyntax>().Where(call => teller.IsCalledBy(call, file)))
            {
                string[] messages = [teller.Message];
                foreach (var (i, parameter) in teller.Parameters.Split(',').Index().Take(call.ArgumentList.Arguments.Count))
                    messages = [.. Alternatives(call.ArgumentList.Arguments[i].Expression)
                        .SelectMany(given =>
                            messages.Select(message => message.Replace($"\u0001{parameter}\u0002", given, StringComparison.Ordinal)))];
                foreach (var message in messages) Add(file, teller.Type, call, message);
            }
        }
    }

    private static bool IsText(ExpressionSyntax argument) => argument switch
    {
        LiteralExpressionSyntax literal => literal.IsKind(SyntaxKind.StringLiteralExpression),
        InterpolatedStringExpressionSyntax => true,
        BinaryExpressionSyntax both => both.IsKind(SyntaxKind.AddExpression) && (IsText(both.Left) || IsText(both.Right)),
        ConditionalExpressionSyntax choice => IsText(choice.WhenTrue) && IsText(choice.WhenFalse),
        ParenthesizedExpressionSyntax inner => IsText(inner.Expression),
        _ => false,
    };

    /// <summary>The messages that some expressions can make, one after the other:
    /// more than one where the text is chosen by a condition.</summary>
    private static string[] Alternatives(List<ExpressionSyntax> texts) =>
        texts.Count == 0 ? [] : texts.Select(Alternatives)
            .Aggregate((before, after) => [.. before.SelectMany(one => after.Select(next => $"{one}\n{next}"))]);

    private static string[] Alternatives(ExpressionSyntax text) => text switch
    {
        ParenthesizedExpressionSyntax inner => Alternatives(inner.Expression),
        ConditionalExpressionSyntax choice => [.. Alternatives(choice.WhenTrue), .. Alternatives(choice.WhenFalse)],
        BinaryExpressionSyntax both => [.. Alternatives(both.Left).SelectMany(one => Alternatives(both.Right).Select(next => one + next))],
        LiteralExpressionSyntax literal => [literal.Token.ValueText],
        InterpolatedStringExpressionSyntax parts => [string.Concat(parts.Contents.Select(Part))],
        _ => [$"\u0001{text}\u0002"],
    };

    private static string Part(InterpolatedStringContentSyntax part) => part switch
    {
        InterpolatedStringTextSyntax text => text.TextToken.ValueText.Replace("{{", "{", StringComparison.Ordinal).Replace("}}", "}",
            StringComparison.Ordinal),
        InterpolationSyntax
        {
            Expression: MemberAccessExpressionSyntax
            {
                Expression: IdentifierNameSyntax
                {
                    Identifier.Text: nameof(
            ElementType)
                }
            } constant
        } => constant.Name.Identifier.Text,
        // NumberText.Count(rows, "row") is a number and its noun: of that only the number is filled in.
        InterpolationSyntax
        {
            Expression: InvocationExpressionSyntax
            {
                Expression: MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: nameof(NumberText) } },
                ArgumentList.Arguments: [var number, var one, ..] all
            }
        } => $"\u0001{number.Expression}\u0002 {(all is [_, _, var several] ? Literal(several) : Literal(one) + "s")}",
        InterpolationSyntax hole => $"\u0001{hole.Expression}\u0002",
        _ => "",
    };

    /// <summary>The type that is made: written, or that of the method or property around <c>new(…)</c>.</summary>
    private static string? TypeOf(BaseObjectCreationExpressionSyntax made) => made is ObjectCreationExpressionSyntax written
        ? written.Type.ToString().Split('.')[^1]
        : made.Ancestors().Select(outer => outer switch
        {
            LocalFunctionStatementSyntax function => function.ReturnType.ToString(),
            MethodDeclarationSyntax method => method.ReturnType.ToString(),
            PropertyDeclarationSyntax property => property.Type.ToString(),
            _ => null,
        }).FirstOrDefault(type => type is not null);

    private static SeparatedSyntaxList<ParameterSyntax> ParametersOf(SyntaxNode? function) => function switch
    {
        MethodDeclarationSyntax method => method.ParameterList.Parameters,
        LocalFunctionStatementSyntax local => local.ParameterList.Parameters,
        _ => default,
    };

    // The path of a file is a place, whatever is wrong with it.
    private static bool IsMessage(ParameterSyntax parameter) => IsString(parameter) && parameter.Identifier.Text != "path";

    private static bool IsString(ParameterSyntax parameter) => parameter.Type?.ToString() is "string" or "string?";

    /// <summary>A method that makes an error of the text it is given.</summary>
    private sealed record Teller(string Name, string File, bool IsPrivate, string Parameters, string Type, string Message)
    {
        public bool IsCalledBy(InvocationExpressionSyntax call, string file) => call.Expression switch
        {
            IdentifierNameSyntax simple => file == File && simple.Identifier.Text == Name,
            MemberAccessExpressionSyntax member => member.Name.Identifier.Text == Name && (file == File || !IsPrivate),
            _ => false,
        };
    }

    // A name in a hole is a name only if nothing else stands there.
    [GeneratedRegex("\u0001(?<name>[^\u0002]*)\u0002")]
    private static partial Regex Hole();

    [GeneratedRegex(@"^Func<string, (?<type>\w+Exception)>$")]
    private static partial Regex Handed();

    [GeneratedRegex(@"\p{L}{2}")]
    private static partial Regex Words();

    [GeneratedRegex(@"[\\/](?:bin|obj)[\\/]")]
    private static partial Regex Generated();

    private static string Literal(ArgumentSyntax argument) => ((LiteralExpressionSyntax)argument.Expression).Token.ValueText;
}
