using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace SimpleFlow.Tests.Learn;

/// <summary>A program of one file, compiled in memory as <c>dotnet run program.cs</c> compiles it:
/// with the usings and settings of such programs, and with the projects that it names.</summary>
internal static class FileProgram
{
    /// <summary>What a project of the SDK has as global usings.</summary>
    public const string ImplicitUsings = """
        global using System;
        global using System.Collections.Generic;
        global using System.IO;
        global using System.Linq;
        global using System.Net.Http;
        global using System.Threading;
        global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Parsing = new CSharpParseOptions(LanguageVersion.CSharp14)
        .WithFeatures([new("FileBasedProgram", "true")]);

    private static readonly string[] Platform = ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator);

    private static readonly string Framework = Path.GetDirectoryName(typeof(object).Assembly.Location)!;

    /// <summary>The compilation of a program, and of files of the test's own beside it.</summary>
    public static CSharpCompilation Compile(string program, params ReadOnlySpan<string> beside)
    {
        var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText(program, Parsing),
            CSharpSyntaxTree.ParseText(ImplicitUsings, Parsing) };
        foreach (var file in beside) trees.Add(CSharpSyntaxTree.ParseText(file, Parsing));
        string[] projects = program.Contains("SimpleFlow.Plots.csproj", StringComparison.Ordinal)
            ? ["SimpleFlow.dll", "SimpleFlow.Plots.dll", "ScottPlot.dll", "SkiaSharp.dll"] : ["SimpleFlow.dll"];
        var references =
            Platform.Where(file => Path.GetDirectoryName(file) == Framework || Path.GetFileName(file) == "System.Numerics.Tensors.dll"
                || projects.Contains(Path.GetFileName(file))).Select(file => MetadataReference.CreateFromFile(file));
        return CSharpCompilation.Create($"Program{Guid.NewGuid():N}", trees, references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
    }

    /// <summary>What the compiler has to say against it, warnings too: a page should not teach
    /// with a program that is warned about.</summary>
    public static IEnumerable<Diagnostic> Objections(this CSharpCompilation compilation) =>
        compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
}
