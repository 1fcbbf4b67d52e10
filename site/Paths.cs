namespace SimpleFlow.Site;

/// <summary>Paths with slashes, inside the repository or inside the site.</summary>
public static class Paths
{
    /// <summary>The folder of a path, with the slash at its end; empty at the root.</summary>
    public static string Folder(string path) => path[..(path.LastIndexOf('/') + 1)];

    /// <summary>Where a relative path leads that stands in a file; null if it leads out of the root.</summary>
    public static string? Resolve(string from, string relative)
    {
        var parts = new List<string>(Folder(from).Split('/', StringSplitOptions.RemoveEmptyEntries));
        foreach (var part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == ".") continue;
            if (part != "..") parts.Add(part);
            else if (parts.Count == 0) return null;
            else parts.RemoveAt(parts.Count - 1);
        }
        return string.Join('/', parts);
    }

    /// <summary>How one page links to another: relative, so that the site works below any path and from a disk.</summary>
    public static string Relative(string from, string to)
    {
        var here = Folder(from).Split('/', StringSplitOptions.RemoveEmptyEntries);
        var there = to.Split('/');
        var common = 0;
        while (common < here.Length && common < there.Length - 1 && here[common] == there[common]) common++;
        return string.Concat(Enumerable.Repeat("../", here.Length - common)) + string.Join('/', there[common..]);
    }
}
