using System.Runtime.CompilerServices;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Architecture;

/// <summary>A source file of the library, as text without comments and strings.</summary>
internal sealed partial class SourceFile
{
    private SourceFile(string path, string root)
    {
        Path = System.IO.Path.GetRelativePath(root, path).Replace('\\', '/');
        Text = File.ReadAllText(path);
        Code = CommentsAndStrings().Replace(Text, " ");
    }

    /// <summary>The folder <c>src</c> of this repository.</summary>
    public static string Source { get; } = System.IO.Path.GetFullPath(System.IO.Path.Combine(Here(), "..", "..", "..", "src"));

    /// <summary>Where it lies: <c>Ops/Relu.cs</c>.</summary>
    public string Path { get; }

    /// <summary>Its folder, which is the stage it belongs to.</summary>
    public string Folder => Path[..Math.Max(0, Path.IndexOf('/', StringComparison.Ordinal))];

    /// <summary>The folder that it lies in, down to the last: <c>Kernels/Tiles</c>.</summary>
    public string SubFolder => Path[..Math.Max(0, Path.LastIndexOf('/'))];

    /// <summary>What is written in it.</summary>
    public string Text { get; }

    /// <summary>The same without comments and strings. Interpolated strings go too, with the code in them.</summary>
    public string Code { get; }

    /// <summary>The types it declares that are not part of another one: with one namespace for
    /// the file, they begin at the margin.</summary>
    public IEnumerable<string> Types => TypeDeclarations().Matches(Code).Select(match => match.Groups["name"].Value);

    public static IReadOnlyList<SourceFile> Of(string project)
    {
        var root = System.IO.Path.Combine(Source, project);
        var files = Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Where(path => !Generated().IsMatch(path))
            .Order(StringComparer.Ordinal).Select(path => new SourceFile(path, root)).ToList();
        Assert.NotEmpty(files);
        return files;
    }

    private static string Here([CallerFilePath] string file = "") => System.IO.Path.GetDirectoryName(file)!;

    [GeneratedRegex("""//[^\n]*|/\*.*?\*/|\$*\"{3,}.*?\"{3,}|\$?@\$?"(?:[^"]|"")*"|"(?:\\.|[^"\\\n])*"|'(?:\\.[^']*|[^'\\])'""",
        RegexOptions.Singleline)]
    private static partial Regex CommentsAndStrings();

    [GeneratedRegex(@"^(?:[a-z]+\s+)*(?:class|struct|record|interface|enum|delegate\s+\S+)\s+(?!struct\b|class\b)(?<name>[A-Za-z_]\w*)",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture)]
    private static partial Regex TypeDeclarations();

    [GeneratedRegex(@"[\\/](?:bin|obj)[\\/]")]
    private static partial Regex Generated();
}
