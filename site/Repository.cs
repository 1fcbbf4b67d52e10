namespace SimpleFlow.Site;

/// <summary>The files that the site is made of. Paths are relative to the repository's root, with slashes.</summary>
public sealed class Repository
{
    private static readonly string[] NotOurs =
        [".git", ".vs", ".idea", "bin", "obj", "out", "TestResults", "node_modules", "packages", "BenchmarkDotNet.Artifacts"];

    private readonly string _root;

    private Repository(string root) => _root = root;

    /// <summary>The repository that a folder lies in, if it lies in one.</summary>
    public static Repository? Find(string start)
    {
        for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SimpleFlow.slnx"))) return new Repository(folder.FullName);
        }
        return null;
    }

    public string Full(string path) => Path.Combine(_root, path);

    public bool HasFile(string path) => File.Exists(Full(path));

    public bool HasFolder(string path) => Directory.Exists(Full(path));

    public string Text(string path) => File.ReadAllText(Full(path)).ReplaceLineEndings("\n");

    /// <summary>The files below a folder whose names end so, in the order of their paths.</summary>
    public IEnumerable<string> Files(string below, string ending) =>
        Walk(new DirectoryInfo(Full(below)))
            .Where(file => file.Name.EndsWith(ending, StringComparison.Ordinal))
            .Select(file => Path.GetRelativePath(_root, file.FullName).Replace('\\', '/')).Order(StringComparer.Ordinal);

    /// <summary>What lies directly in a folder: folders first, with a slash at the end.</summary>
    public IEnumerable<string> Entries(string folder)
    {
        var here = new DirectoryInfo(Full(folder));
        var folders = here.EnumerateDirectories().Where(IsOurs).Select(child => child.Name + "/").Order(StringComparer.Ordinal);
        // In a work tree of its own, .git is a file.
        return folders.Concat(here.EnumerateFiles().Where(IsOurs).Select(file => file.Name).Order(StringComparer.Ordinal));
    }

    private static IEnumerable<FileInfo> Walk(DirectoryInfo folder) =>
        folder.EnumerateFiles().Concat(folder.EnumerateDirectories().Where(IsOurs).SelectMany(Walk));

    private static bool IsOurs(FileSystemInfo entry) => !NotOurs.Contains(entry.Name);
}
