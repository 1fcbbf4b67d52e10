using System.Reflection;
using System.Runtime.Loader;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// docs/adding-an-op.md as a reader follows it: its op becomes a file of the library, its sample a line of the catalogue, and the tests
/// of the catalogue say what the page says. Library and catalogue are compiled in memory, apart from those that run the test.
/// </summary>
public sealed class AddingAnOpTests
{
    /// <summary>The page whose blocks are these files.</summary>
    public const string Page = "docs/adding-an-op.md";

    private const string OpFile = "src/SimpleFlow/Ops/Softsign.cs", SampleFile = "tests/SimpleFlow.Tests/Ops/OpSamples.cs";

    private static readonly CSharpParseOptions Parsing = new(LanguageVersion.CSharp14);

    private static readonly string Op = TextOf(OpFile), SampleLine = TextOf(SampleFile);

    // A file of the platform is referred to as it is; the library and its catalogue are not among them.
    private static readonly MetadataReference[] Platform =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => !Path.GetFileName(file).StartsWith("SimpleFlow", StringComparison.Ordinal))
            .Select(file => MetadataReference.CreateFromFile(file)),
    ];

    private static readonly Lazy<byte[]> Library = new(() => LibraryWith(Op)), Catalogue = new(() => CatalogueWith(SampleLine));

    [Fact]
    public void Without_a_sample_one_test_fails_for_the_op()
    {
        using var tests = new CatalogueRun(Library.Value, CatalogueWith(""));
        Assert.Contains("Softsign", Assert.Single(tests.Failures("Every_op_has_a_sample")), StringComparison.Ordinal);
    }

    [Fact]
    public void With_its_sample_the_op_passes_every_test_of_the_catalogue()
    {
        using var tests = new CatalogueRun(Library.Value, Catalogue.Value);
        Assert.Empty(tests.Failures("Every_op_has_a_sample"));
        Assert.NotEmpty(CatalogueRun.Theories);
        Assert.All(CatalogueRun.Theories, theory => Assert.Empty(tests.Failures(theory, "Softsign ")));
    }

    [Fact]
    public void A_wrong_gradient_fails_as_the_page_says()
    {
        var wrong = Op.Replace(".Power(2)", ".Power(1)", StringComparison.Ordinal);
        Assert.NotEqual(Op, wrong);
        using var tests = new CatalogueRun(LibraryWith(wrong), Catalogue.Value);
        var said = Assert.Single(CodeBlock.All, block => block.Page == Page && block.Language == "text").Text;
        var failures = tests.Failures(nameof(Ops.OpCatalogueTests.Its_gradient_is_its_derivative), "Softsign ");
        Assert.Contains(failures, failure => LessonTests.Agree(said, failure));
    }

    private static string TextOf(string file) =>
        Assert.Single(CodeBlock.All, block => block is { Page: Page, Kind: "file" } && block.Name == file).Text;

    private static byte[] LibraryWith(string op)
    {
        var folder = Path.Combine(Pages.Repository, "src", "SimpleFlow");
        Assert.False(File.Exists(Path.Combine(Pages.Repository, OpFile)), "The library has this op already.");
        var written = Parse(op);
        var files = Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => Path.GetRelativePath(folder, file).Split(Path.DirectorySeparatorChar)[0] is not ("bin" or "obj"));
        var compilation = Compilation("SimpleFlow", [.. files.Select(File.ReadAllText).Select(Parse), written,
            Parse("""[assembly: System.Runtime.CompilerServices.InternalsVisibleTo("SimpleFlow.Tests")]""")], Platform);
        CSharpGeneratorDriver.Create(FileProgram.Generators(), parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation,
            out var generated,
            out _, TestContext.Current.CancellationToken);
        return Image(generated);
    }

    private static byte[] CatalogueWith(string sample)
    {
        const string Place = "IEnumerable<Sample> OneInput() =>\n    [\n";
        var folder = Path.Combine(Pages.Repository, "tests", "SimpleFlow.Tests", "Ops");
        string[] files = [.. Directory.GetFiles(folder, "OpSamples*.cs"),
            .. new[] { "Sample", "Check", "Centred", "OpCatalogueTests" }.Select(name => Path.Combine(folder, $"{name}.cs"))];
        var texts = Array.ConvertAll(files, file => File.ReadAllText(file).ReplaceLineEndings("\n"));
        Assert.Single(texts, text => text.Contains(Place, StringComparison.Ordinal));
        return Image(Compilation("SimpleFlow.Tests",
            [.. texts.Select(text => Parse(text.Replace(Place, Place + sample, StringComparison.Ordinal))), Parse("global using Xunit;")],
            [.. Platform, MetadataReference.CreateFromImage(Library.Value)]));
    }

    private static SyntaxTree Parse(string text) => CSharpSyntaxTree.ParseText(text, Parsing);

    private static CSharpCompilation Compilation(string name, SyntaxTree[] files, IEnumerable<MetadataReference> references) =>
        CSharpCompilation.Create(name, [.. files, Parse(FileProgram.ImplicitUsings)], references,
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release,
                allowUnsafe: true, nullableContextOptions: NullableContextOptions.Enable,
                // As the SDK has it: a package may have been built for an older platform.
                specificDiagnosticOptions: [new("CS1701", ReportDiagnostic.Suppress)]));

    private static byte[] Image(Microsoft.CodeAnalysis.Compilation compilation)
    {
        using var image = new MemoryStream();
        var result = compilation.Emit(image, cancellationToken: TestContext.Current.CancellationToken);
        Assert.Empty(result.Diagnostics.Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning));
        return image.ToArray();
    }

    /// <summary>Library and catalogue, loaded beside those that run the test.</summary>
    private sealed class CatalogueRun : AssemblyLoadContext, IDisposable
    {
        private readonly Assembly _library, _catalogue;

        public CatalogueRun(byte[] library, byte[] catalogue) : base(isCollectible: true)
        {
            _library = LoadFromStream(new MemoryStream(library));
            _catalogue = LoadFromStream(new MemoryStream(catalogue));
        }

        public static IEnumerable<string> Theories => typeof(Ops.OpCatalogueTests).GetMethods()
            .Where(method => method.IsDefined(typeof(TheoryAttribute))).Select(method => method.Name);

        public void Dispose() => Unload();

        /// <summary>What a test says where it fails: a fact, or a theory on all samples whose name begins so.</summary>
        public List<string> Failures(string test, string? samples = null)
        {
            var method = Type(nameof(Ops.OpCatalogueTests)).GetMethod(test)!;
            var all = Type(nameof(Ops.OpSamples)).GetProperty(nameof(Ops.OpSamples.All))!.GetValue(null)!;
            var names = (IEnumerable<string>)typeof(IReadOnlyDictionary<,>).MakeGenericType(typeof(string), Type(nameof(Ops.Sample)))
                .GetProperty("Keys")!.GetValue(all)!;
            object[][] calls = samples is null ? [[]]
                : [.. names.Where(name => name.StartsWith(samples, StringComparison.Ordinal)).Select(name => (object[])[name])];
            Assert.NotEmpty(calls);
            var failures = new List<string>();
            foreach (var call in calls)
            {
                try
                {
                    method.Invoke(Activator.CreateInstance(method.DeclaringType!), call);
                }
                catch (TargetInvocationException failure)
                {
                    failures.Add(failure.InnerException!.Message);
                }
            }
            return failures;
        }

        protected override Assembly? Load(AssemblyName assemblyName) =>
            assemblyName.Name == _library.GetName().Name ? _library : null;

        private Type Type(string name) => _catalogue.GetType($"SimpleFlow.Tests.Ops.{name}", throwOnError: true)!;
    }
}
