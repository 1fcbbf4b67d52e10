using SimpleFlow.Site.Api;
using SimpleFlow.Site.Markdown;
using SimpleFlow.Site.Search;

namespace SimpleFlow.Site;

/// <summary>Makes the site: reads the list of pages, follows every link from there, and writes all that it met.</summary>
public sealed class Build
{
    private readonly Repository _repository;
    private readonly Targets _targets;
    private readonly MarkdownPages _markdown;
    private readonly Contents _contents;
    private readonly List<Page> _pages = [];

    public Build(Repository repository)
    {
        _repository = repository;
        _targets = new Targets(repository);
        _markdown = new MarkdownPages(_targets);
        _contents = Contents.Read(repository);
    }

    /// <summary>Writes the site into a folder, and says how many pages it has. What another build left there goes.</summary>
    public int Into(string folder)
    {
        RequireOurs(folder);
        if (_contents.Forgotten(_repository) is [var forgotten, ..])
            throw new SiteException($"'{forgotten}' is in no section: add it to site/contents.json.");
        foreach (var page in _contents.Pages.Where(page => page[0] != '('))
        {
            _targets.PageOf(page);
            if (Twins.Of(page, _repository) is { } twin) _targets.PageOf(twin);
        }
        var titles = Titles();
        var frame = new Frame(_contents, new PageList(_contents, _targets, titles));
        foreach (var language in new[] { Language.English, Language.Chinese })
        {
            _pages.Add(new HomePage(_contents, _markdown, _targets, frame, language).Make());
            _pages.Add(new GalleryPage(_markdown, _targets, language).Make());
        }
        _pages.AddRange(new ApiPages(ApiModel.Read(_repository), _targets).All());
        _targets.Of("docs/pictures/icon.png");
        _targets.Of("LICENSE");
        _targets.FolderOf("");
        Follow();
        Write(folder, frame);
        return _pages.Count;
    }

    private Dictionary<string, string> Titles() => _contents.Pages.Where(page => page[0] != '(')
        .SelectMany(page => new[] { page, Twins.Of(page, _repository) }).OfType<string>().Distinct(StringComparer.Ordinal)
        .ToDictionary(page => page, page => _markdown.Make(page, _repository.Text(page)).Title, StringComparer.Ordinal);

    /// <summary>Makes every page that something links to, until nothing new is met.</summary>
    private void Follow()
    {
        var sources = new SourcePages(_targets);
        while (_targets.TryNext(out var source))
        {
            _pages.Add(source.EndsWith('/') ? sources.Folder(source)
                : source.EndsWith(".md", StringComparison.Ordinal) ? _markdown.Make(source, _repository.Text(source))
                : sources.File(source));
        }
    }

    private void Write(string folder, Frame frame)
    {
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var made = _pages.AsParallel().Select(page => (page.Path, Text: frame.Around(page))).ToList();
        foreach (var (path, text) in made) Save(folder, path, text);
        foreach (var picture in _targets.LinkedPictures) Copy(folder, picture, picture);
        foreach (var asset in _repository.Files("site/assets", "")) Copy(folder, asset, asset["site/".Length..]);
        Save(folder, "assets/index.js", SearchIndex.Of(_pages));
        Save(folder, "404.html", NotFoundPage.Html);
        // Tells hosts that would otherwise build the folder once more to show it as it is.
        Save(folder, ".nojekyll", "");
    }

    private static void RequireOurs(string folder)
    {
        var isOurs = !Directory.Exists(folder) || File.Exists(Path.Combine(folder, "assets", "site.css"))
            || !Directory.EnumerateFileSystemEntries(folder).Any();
        if (!isOurs) throw new SiteException($"'{folder}' holds something that is not a site: name an empty folder.");
    }

    private void Copy(string folder, string from, string to)
    {
        var target = Path.Combine(folder, to);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.Copy(_repository.Full(from), target, overwrite: true);
    }

    private static void Save(string folder, string path, string text)
    {
        var target = Path.Combine(folder, path);
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        File.WriteAllText(target, text);
    }
}
