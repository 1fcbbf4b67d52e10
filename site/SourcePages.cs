using SimpleFlow.Site.Colours;

namespace SimpleFlow.Site;

/// <summary>Files of the repository, shown as they are, with a number and an anchor for each line: <c>#L17</c>.</summary>
public sealed class SourcePages(Targets targets)
{
    private const int MostBytes = 400_000;

    public Page File(string path)
    {
        var page = $"source/{path}.html";
        var body = $"<h1 class=\"file\">{Crumbs(path, page)}</h1>\n" + (Text(path) is { } text ? Lines(path, text) : Size(path));
        return new Page(page, Language.English, path, body) { Kind = "source", Description = $"The file {path} of SimpleFlow." };
    }

    public Page Folder(string path)
    {
        var page = path.Length <= 1 ? "source/index.html" : $"source/{path}index.html";
        var entries = targets.Repository.Entries(path == "/" ? "" : path).Select(entry =>
        {
            var there = entry.EndsWith('/') ? targets.FolderOf(Inside(path, entry)) : targets.Of(Inside(path, entry))!;
            return $"<li>{Html.Link(Paths.Relative(page, there), Html.Text(entry))}</li>";
        });
        var title = path.Length <= 1 ? "SimpleFlow" : path;
        var body = $"<h1 class=\"file\">{Crumbs(title.TrimEnd('/'), page)}</h1>\n"
            + $"<ul class=\"folder\">\n{string.Join('\n', entries)}\n</ul>\n";
        return new Page(page, Language.English, title, body) { Kind = "source", Description = $"The folder {title} of SimpleFlow." };
    }

    private static string Inside(string folder, string entry) => (folder == "/" ? "" : folder) + entry;

    private string Crumbs(string path, string page)
    {
        var parts = path.Split('/');
        var crumbs = parts.Select((part, i) =>
        {
            if (i == parts.Length - 1) return $"<span>{Html.Text(part)}</span>";
            var folder = string.Join('/', parts[..(i + 1)]);
            return Html.Link(Paths.Relative(page, targets.FolderOf(folder)), Html.Text(part));
        });
        return string.Join("<span class=\"slash\">/<wbr></span>", crumbs);
    }

    /// <summary>The text of a file; null if it is none, or too long to show.</summary>
    private string? Text(string path)
    {
        var file = new FileInfo(targets.Repository.Full(path));
        if (file.Length > MostBytes) return null;
        var text = targets.Repository.Text(path);
        return text.Contains('\0', StringComparison.Ordinal) || text.Contains('\uFFFD', StringComparison.Ordinal) ? null : text;
    }

    private static string Lines(string path, string text)
    {
        var lines = CodeColours.Of(text.TrimEnd('\n'), CodeColours.OfFile(path)).Split('\n');
        return "<div class=\"block source\"><pre><code>"
            + string.Concat(lines.Select((line, i) => $"<span class=\"line\" id=\"L{i + 1}\">{line}\n</span>"))
            + "</code></pre></div>\n";
    }

    private string Size(string path)
    {
        var kilobytes = new FileInfo(targets.Repository.Full(path)).Length / 1000.0;
        return $"<p>A file of {kilobytes:N0} kB that is not shown here. It is in the repository: {Html.Code(path)}.</p>\n";
    }
}
