using SimpleFlow.Site.Markdown;

namespace SimpleFlow.Site;

/// <summary>Where each file of the repository is in the site. A Markdown file is a page; a picture is a picture; a folder with a README
/// is that page. Every other file or folder that something links to becomes a page that shows it, because the project has no address
/// on the net at which a reader could look it up.</summary>
public sealed class Targets(Repository repository)
{
    private static readonly string[] Pictures = [".png", ".svg", ".gif", ".jpg", ".jpeg", ".webp"];

    private readonly Queue<string> _unmade = new();
    private readonly HashSet<string> _known = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _pictures = new(StringComparer.Ordinal);

    public Repository Repository => repository;

    /// <summary>The pictures that something links to.</summary>
    public IReadOnlyCollection<string> LinkedPictures => _pictures;

    /// <summary>The next page that something links to and that has not been made.</summary>
    public bool TryNext(out string source) => _unmade.TryDequeue(out source!);

    /// <summary>Where a file or folder of the repository is in the site; null if there is none of this name.</summary>
    public string? Of(string path)
    {
        if (repository.HasFolder(path))
        {
            var readme = (path.Length == 0 ? "" : path.TrimEnd('/') + "/") + "README.md";
            return repository.HasFile(readme) ? PageOf(readme) : FolderOf(path);
        }
        if (!repository.HasFile(path)) return null;
        if (Pictures.Contains(Path.GetExtension(path)))
        {
            _pictures.Add(path);
            return path;
        }
        return path.EndsWith(".md", StringComparison.Ordinal) ? PageOf(path) : Wanted(path, $"source/{path}.html");
    }

    /// <summary>The page of a Markdown file.</summary>
    public string PageOf(string source) => Wanted(source, source switch
    {
        "README.md" => "start.html",
        "README.zh-CN.md" => Language.Chinese.Folder + "start.html",
        _ when source.EndsWith(".zh-CN.md", StringComparison.Ordinal) => Language.Chinese.Folder + source[..^".zh-CN.md".Length] + ".html",
        _ when source.EndsWith("/README.md", StringComparison.Ordinal) => Paths.Folder(source) + "index.html",
        _ => source[..^".md".Length] + ".html",
    });

    /// <summary>The page that lists a folder; the root is an empty path.</summary>
    public string FolderOf(string path) =>
        Wanted(path.TrimEnd('/') + "/", path.Length == 0 ? "source/index.html" : $"source/{path.TrimEnd('/')}/index.html");

    /// <summary>The page that shows the code of a file.</summary>
    public string SourceOf(string path) => Wanted(path, $"source/{path}.html");

    private string Wanted(string source, string page)
    {
        if (_known.Add(source)) _unmade.Enqueue(source);
        return page;
    }
}
