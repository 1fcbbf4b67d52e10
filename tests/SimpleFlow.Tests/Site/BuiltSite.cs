using System.Net;
using System.Text.RegularExpressions;
using SimpleFlow.Site;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Site;

/// <summary>The tests that look at the site, which is made once for all of them.</summary>
[CollectionDefinition(Name)]
public sealed class SiteCollection : ICollectionFixture<BuiltSite>
{
    public const string Name = "site";
}

/// <summary>The site, made once for all tests that look at it.</summary>
public sealed class BuiltSite : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-site-");

    public BuiltSite()
    {
        PageCount = new Build(Repository).Into(Folder);
        Pages = [.. Directory.EnumerateFiles(Folder, "*.html", SearchOption.AllDirectories)
            .Select(file => new BuiltPage(Path.GetRelativePath(Folder, file).Replace('\\', '/'), File.ReadAllText(file)))];
    }

    public static Repository Repository { get; } = Repository.Find(Docs.Pages.Repository)!;

    public string Folder => _folder.FullName;

    public int PageCount { get; }

    public IReadOnlyList<BuiltPage> Pages { get; }

    public BuiltPage this[string path] => Pages.Single(page => page.Path == path);

    public void Dispose() => _folder.Delete(recursive: true);
}

/// <summary>A page as it lies on the disk.</summary>
public sealed partial class BuiltPage(string path, string html)
{
    private HashSet<string>? _anchors;

    public string Path => path;

    public string Html => html;

    /// <summary>What the page names as an address: links, pictures, scripts, styles.</summary>
    public IEnumerable<string> Addresses => Values(Address());

    public IEnumerable<string> Ids => Values(Id());

    public HashSet<string> Anchors => _anchors ??= [.. Ids];

    private IEnumerable<string> Values(Regex attribute) =>
        attribute.Matches(html).Select(match => WebUtility.HtmlDecode(match.Groups[1].Value));

    // Attributes of tags only: code on a page is escaped, and has no tags.
    [GeneratedRegex("<[a-z][^>]*?\\s(?:href|src|data-index|data-search)=\"([^\"]*)\"")]
    private static partial Regex Address();

    [GeneratedRegex("<[a-z][^>]*?\\sid=\"([^\"]*)\"")]
    private static partial Regex Id();
}
