using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Tests.Architecture;

/// <summary>Everything that users can name has a doc comment, but for overrides, which are what their base says they are.</summary>
public class DocCommentTests
{
    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14, DocumentationMode.Diagnose);

    [Fact]
    public void What_the_library_declares_has_a_doc_comment() =>
        Assert.Empty(Undocumented(SourceFile.Of("SimpleFlow").Select(file => file.Text)));

    [Fact]
    public void Only_an_override_needs_none()
    {
        const string Program = """
            /// <summary>A base.</summary>
            public abstract class A
            {
                protected abstract int Documented();
            }

            /// <summary>Derives from it.</summary>
            public class B : A
            {
                protected override int Documented() => 1;

                public int Bare => 2;
            }
            """;
        Assert.Equal(["A.Documented()", "B.Bare"], Undocumented([Program]));
    }

    private static IEnumerable<string> Undocumented(IEnumerable<string> files)
    {
        var platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("SimpleFlow", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create("Library",
            files.Append(FileProgram.ImplicitUsings).Select(text => CSharpSyntaxTree.ParseText(text, Parsing)), platform,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, allowUnsafe: true));
        return
        [
            .. from diagnostic in compilation.GetDiagnostics(TestContext.Current.CancellationToken)
               where diagnostic.Id == "CS1591"
               let file = diagnostic.Location.SourceTree!
               let node = file.GetRoot(TestContext.Current.CancellationToken).FindNode(diagnostic.Location.SourceSpan)
               let symbol = compilation.GetSemanticModel(file).GetDeclaredSymbol(node)
               where symbol is not { IsOverride: true }
               select symbol?.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat) ?? $"{diagnostic}",
        ];
    }
}
