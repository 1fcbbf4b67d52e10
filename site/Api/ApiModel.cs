using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SimpleFlow.Site.Api;

/// <summary>The public types of a library, from its sources: so a member knows the line on which it is written.</summary>
public sealed record ApiPackage(string Name, string About, CSharpCompilation Code, IReadOnlyList<INamedTypeSymbol> Types);

/// <summary>Reads the libraries of <c>src</c>: every project there that is not a program.</summary>
public static class ApiModel
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.Preview, DocumentationMode.Diagnose, SourceCodeKind.Regular,
        [new("NET"), new("NET10_0"), new("NET10_0_OR_GREATER")]);

    private static readonly CSharpCompilationOptions Options = new(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true,
        nullableContextOptions: NullableContextOptions.Enable);

    public static IReadOnlyList<ApiPackage> Read(Repository repository)
    {
        var packages = new List<ApiPackage>();
        // The library before those that build on it, whose names begin with its name.
        var projects = repository.Files("src", ".csproj").Where(file => IsLibrary(repository.Text(file))).OrderBy(file => file.Length);
        foreach (var project in projects)
        {
            var name = Path.GetFileNameWithoutExtension(project);
            var trees = repository.Files(Paths.Folder(project).TrimEnd('/'), ".cs")
                .Select(file => CSharpSyntaxTree.ParseText(repository.Text(file), Parsing, file))
                .Append(CSharpSyntaxTree.ParseText(Usings, Parsing));
            var compilation = CSharpCompilation.Create(name, trees,
                [.. Platform(), .. packages.Select(package => package.Code.ToMetadataReference())], Options);
            packages.Add(new ApiPackage(name, Between(repository.Text(project), "<Description>", "</Description>"), compilation,
                [.. Types(compilation.Assembly.GlobalNamespace).OrderBy(type => type.Name, StringComparer.Ordinal)]));
        }
        return packages;
    }

    /// <summary>What the libraries refer to: the platform and the packages, which this program was built with.</summary>
    private static IEnumerable<MetadataReference> Platform() =>
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("SimpleFlow", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file));

    private static bool IsLibrary(string project) => project.Contains("<GenerateDocumentationFile>true", StringComparison.Ordinal)
        && !project.Contains("<OutputType>Exe", StringComparison.Ordinal);

    private static string Between(string text, string begin, string end) =>
        text.IndexOf(begin, StringComparison.Ordinal) is var at and >= 0
            ? text[(at + begin.Length)..text.IndexOf(end, at, StringComparison.Ordinal)] : "";

    private static IEnumerable<INamedTypeSymbol> Types(INamespaceSymbol space) =>
        space.GetTypeMembers().SelectMany(WithNested).Concat(space.GetNamespaceMembers().SelectMany(Types));

    private static IEnumerable<INamedTypeSymbol> WithNested(INamedTypeSymbol type) =>
        Members.IsVisible(type) && !type.IsExtension ? type.GetTypeMembers().SelectMany(WithNested).Prepend(type) : [];
}
