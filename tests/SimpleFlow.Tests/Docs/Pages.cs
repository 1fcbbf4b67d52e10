namespace SimpleFlow.Tests.Docs;

/// <summary>The pages of the documentation, as they lie in the repository.</summary>
internal static class Pages
{
    private static readonly string[] NotOurs = [".git", "bin", "obj", "out", "TestResults", "node_modules"];

    /// <summary>The folder with the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>Every Markdown file of the repository, from its root: <c>docs/map.md</c>.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Below(new DirectoryInfo(Repository))
        .Select(file => Path.GetRelativePath(Repository, file).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public static string[] Lines(string page) => File.ReadAllLines(Path.Combine(Repository, page));

    private static IEnumerable<string> Below(DirectoryInfo folder) =>
        folder.EnumerateFiles("*.md").Select(file => file.FullName)
            .Concat(folder.EnumerateDirectories().Where(child => !NotOurs.Contains(child.Name)).SelectMany(Below));

    private static string FindRepository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "SimpleFlow.slnx"))) return folder.FullName;
        }
        throw new InvalidOperationException("The tests do not run inside the repository.");
    }
}
