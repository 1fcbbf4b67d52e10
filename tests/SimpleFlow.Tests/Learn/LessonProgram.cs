using System.Reflection;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SimpleFlow.Tests.Learn;

/// <summary>
/// The blocks of a lesson as one program, compiled in memory and run: statements in order, types at the end, as a file wants them. It prints into a console of its own, what depends on the machine into its <c>Error</c>, which no page shows, and its pictures go into a folder of its own.
/// </summary>
internal static class LessonProgram
{
    private const char EndOfBlock = '\u0001';

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

    private static readonly string[] Usings = ["System", "System.IO", "System.Linq", "System.Collections.Generic", "System.Numerics.Tensors"];

    private static readonly IReadOnlyList<MetadataReference> References = [..
        ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(file => Path.GetFileName(file) is var name && (name.StartsWith("System.", StringComparison.Ordinal) || name is "netstandard.dll" or "SimpleFlow.dll" or "SimpleFlow.Plots.dll" or "ScottPlot.dll" or "SkiaSharp.dll"))
            .Select(file => MetadataReference.CreateFromFile(file))];

    /// <summary>What each block prints.</summary>
    /// <param name="blocks">The blocks of C#.</param>
    /// <param name="folder">Where <c>pictures/…</c> is.</param>
    public static string[] Run(IReadOnlyList<string> blocks, string folder)
    {
        var options = new CSharpParseOptions(LanguageVersion.Latest);
        var usings = Usings.Select(name => $"using {name};").ToHashSet(StringComparer.Ordinal);
        var (statements, types) = (new List<string>(), new List<string>());
        foreach (var block in blocks)
        {
            var code = string.Join('\n', block.Split('\n').Where(line => !line.StartsWith("#:", StringComparison.Ordinal))).Replace("\"pictures/", $"\"{folder.Replace('\\', '/')}/pictures/", StringComparison.Ordinal);
            var unit = CSharpSyntaxTree.ParseText(code, options).GetCompilationUnitRoot();
            foreach (var directive in unit.Usings) usings.Add(directive.ToString());
            foreach (var member in unit.Members) (member is GlobalStatementSyntax ? statements : types).Add(member.ToFullString());
            statements.Add($"Console.Write('\\u{(int)EndOfBlock:X4}');");
        }
        var program = string.Join('\n', [.. usings, .. statements, .. types]);
        var compilation = CSharpCompilation.Create($"Lesson{Guid.NewGuid():N}", [CSharpSyntaxTree.ParseText(program, options), CSharpSyntaxTree.ParseText(OwnConsole, options)], References,
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        var errors = result.Diagnostics.Where(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToList();
        Assert.True(result.Success, $"{string.Join('\n', errors)}\n{program}");

        var assembly = Assembly.Load(image.ToArray());
        var entry = assembly.EntryPoint!;
        entry.Invoke(null, entry.GetParameters().Length == 0 ? null : [Array.Empty<string>()]);
        var written = assembly.GetType("Console")!.GetField("Written")!.GetValue(null)!.ToString()!;
        return written.Split(EndOfBlock)[..^1];
    }

    /// <summary>The code without comments and layout: what a translation must not change.</summary>
    public static string Bare(string code) => CSharpSyntaxTree.ParseText(code).GetRoot().NormalizeWhitespace().DescendantTokens().Aggregate("", (text, token) => $"{text} {token.Text}");
}
