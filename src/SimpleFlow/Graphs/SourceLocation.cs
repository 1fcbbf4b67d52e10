using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Where in the user's program a node was made.</summary>
/// <param name="File">The source file; empty if the language does not give one (operators such as <c>a + b</c>).</param>
/// <param name="Line">The line, from 1.</param>
public readonly record struct SourceLocation(string File, int Line)
{
    private static readonly string Library = LibraryFolder();

    /// <summary>Whether the location is known and in the user's program, not a node that a gradient rule or a layer made.</summary>
    public bool IsKnown => !string.IsNullOrEmpty(File) && !File.StartsWith(Library, StringComparison.Ordinal);

    /// <summary><c>Program.cs:12</c>; the folder is left out.</summary>
    // Both separators, because the path comes from the machine that built the program, not from the one that runs it.
    public override string ToString() => IsKnown ? $"{File[(File.LastIndexOfAny(['/', '\\']) + 1)..]}:{Line}" : "an unknown place";

    private static string LibraryFolder([CallerFilePath] string thisFile = "") => thisFile[..^"Graphs/SourceLocation.cs".Length];
}
