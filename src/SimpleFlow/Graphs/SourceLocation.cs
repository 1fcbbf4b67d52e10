using System.Runtime.CompilerServices;

namespace SimpleFlow;

/// <summary>Where in the user's program a node was made.</summary>
/// <param name="File">The source file; empty where the language gives none (operators such as <c>a + b</c>).</param>
/// <param name="Line">The line, from 1.</param>
public readonly record struct SourceLocation(string File, int Line)
{
    private static readonly string Library = LibraryFolder();

    /// <summary>Whether the place is known and is the user's: a node that a gradient rule or a
    /// layer made was not written by anybody.</summary>
    public bool IsKnown => !string.IsNullOrEmpty(File) && !File.StartsWith(Library, StringComparison.Ordinal);

    /// <summary><c>Program.cs:12</c>; the folder is left out.</summary>
    // Both separators, because the path is the building machine's, not the running one's.
    public override string ToString() => IsKnown ? $"{File[(File.LastIndexOfAny(['/', '\\']) + 1)..]}:{Line}" : "an unknown place";

    private static string LibraryFolder([CallerFilePath] string thisFile = "") => thisFile[..^"Graphs/SourceLocation.cs".Length];
}
