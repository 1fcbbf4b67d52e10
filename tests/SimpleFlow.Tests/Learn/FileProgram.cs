using System.Reflection;
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

    private const string OwnConsole = """
        internal static class Console
        {
            public static readonly System.IO.StringWriter Written = new() { NewLine = "\n" };
            public static readonly System.IO.TextWriter Error = System.IO.TextWriter.Null;
            public static void Write(object value) => Written.Write(value);
            public static void WriteLine(object value) => Written.WriteLine(value);
            public static void WriteLine() => Written.WriteLine();
        }
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
            ? ["SimpleFlow.dll", "SimpleFlow.Plots.dll", "ScottPlot.dll", "SkiaSharp.dll"]
            : program.Contains("SimpleFlow.Onnx", StringComparison.Ordinal) ? ["SimpleFlow.dll", "SimpleFlow.Onnx.dll"]
            : program.Contains("SimpleFlow.Images", StringComparison.Ordinal) ? ["SimpleFlow.dll", "SimpleFlow.Images.dll"]
            : ["SimpleFlow.dll"];
        if (program.Contains("SimpleFlow.Onnx", StringComparison.Ordinal)) projects = [.. projects, "SimpleFlow.Onnx.dll"];
        var references =
            Platform.Where(file => Path.GetDirectoryName(file) == Framework || Path.GetFileName(file) == "System.Numerics.Tensors.dll"
                || projects.Contains(Path.GetFileName(file))).Select(file => MetadataReference.CreateFromFile(file));
        var compilation = CSharpCompilation.Create($"Program{Guid.NewGuid():N}", trees, references,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release,
                nullableContextOptions: NullableContextOptions.Enable));
        // Few programs need a generator, and to run them takes as long as to compile.
        if (!program.Contains("JsonSerializerContext", StringComparison.Ordinal)) return compilation;
        CSharpGeneratorDriver.Create(Generators(), parseOptions: Parsing).RunGeneratorsAndUpdateCompilation(compilation, out var generated,
            out var found, TestContext.Current.CancellationToken);
        Assert.Empty(found);
        return (CSharpCompilation)generated;
    }

    /// <summary>Runs a program in memory.</summary>
    /// <returns>What it printed; not what it wrote to <c>Console.Error</c>.</returns>
    public static string Run(string program, params string[] arguments)
    {
        var compilation = Compile(program, OwnConsole);
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        Assert.True(result.Success,
            $"{string.Join('\n', result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error))}\n{program}");
        var assembly = Assembly.Load(image.ToArray());
        var entry = assembly.EntryPoint!;
        entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [arguments]);
        return assembly.GetType("Console")!.GetField("Written")!.GetValue(null)!.ToString()!;
    }

    /// <summary>The source generators of the platform, which are in the SDK beside its reference assemblies.</summary>
    public static IEnumerable<ISourceGenerator> Generators()
    {
        var packs = Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "packs",
            "Microsoft.NETCore.App.Ref");
        var newest = Directory.GetDirectories(packs, $"{Environment.Version.Major}.*").Order(StringComparer.Ordinal).Last();
        return from type in new[] { "System.Text.Json.SourceGeneration.JsonSourceGenerator",
                   "System.Text.RegularExpressions.Generator.RegexGenerator" }
               let file = Path.Combine(newest, "analyzers", "dotnet", "cs", $"{Path.GetFileNameWithoutExtension(type)}.dll")
               let generator = Activator.CreateInstance(Assembly.LoadFrom(file).GetType(type, throwOnError: true)!)
               select ((IIncrementalGenerator)generator).AsSourceGenerator();
    }

    /// <summary>What the compiler has to say against it, warnings too: a page should not teach
    /// with a program that is warned about.</summary>
    public static IEnumerable<Diagnostic> Objections(this CSharpCompilation compilation) =>
        compilation.GetDiagnostics(TestContext.Current.CancellationToken)
            .Where(diagnostic => diagnostic.Severity >= DiagnosticSeverity.Warning);
}
