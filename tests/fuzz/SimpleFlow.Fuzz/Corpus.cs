using System.Runtime.CompilerServices;

namespace SimpleFlow.Fuzz;

/// <summary>The files that fuzzers start from: <c>tests/fuzz/corpus/TARGET/</c>.</summary>
internal static class Corpus
{
    /// <summary>The folder of all of them.</summary>
    public static string Folder { get; } = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(Here())!, "..", "corpus"));

    /// <summary>The files for a reader, in the order of their names.</summary>
    public static IReadOnlyList<string> Of(FuzzTarget target) =>
        [.. Directory.GetFiles(Path.Combine(Folder, target.Name)).Order(StringComparer.Ordinal)];

    /// <summary>Writes the files that the readers' targets can make. Others, such as those that did harm once, stay.</summary>
    public static void Write()
    {
        foreach (var target in FuzzTarget.All)
        {
            foreach (var (name, bytes) in target.Seeds())
            {
                var path = Path.Combine(Folder, target.Name, name);
                Directory.CreateDirectory(Path.GetDirectoryName(path)!);
                File.WriteAllBytes(path, bytes);
            }
        }
    }

    /// <summary>Keeps an input that did harm.</summary>
    public static string Keep(FuzzTarget target, byte[] bytes, int number)
    {
        var path = Path.Combine(Folder, target.Name, $"found-{number}{target.Ending}");
        File.WriteAllBytes(path, bytes);
        return path;
    }

    private static string Here([CallerFilePath] string file = "") => file;
}
