using System.Text.Json;
using SimpleFlow.Site.Markdown;

namespace SimpleFlow.Site;

/// <summary>The order of the pages: <c>site/contents.json</c>. Whoever adds a page adds its name there.</summary>
/// <param name="EnglishOnly">The pages that are not translated, and why. Chinese pages say it where they link to one.</param>
public sealed record Contents(IReadOnlyList<Section> Sections, IReadOnlyDictionary<string, string> EnglishOnly)
{
    /// <summary>Pages that come from no Markdown file, by the name they have in the list.</summary>
    public const string Gallery = "(gallery)", Api = "(api)";

    public static Contents Read(Repository repository)
    {
        const string file = "site/contents.json";
        var contents = JsonSerializer.Deserialize<Contents>(repository.Text(file), JsonSerializerOptions.Web)
            ?? throw new SiteException($"{file} is empty.");
        foreach (var page in contents.Pages.Where(page => page[0] != '(' && !repository.HasFile(page)))
            throw new SiteException($"{file} lists '{page}', which does not exist.");
        var twice = contents.Pages.GroupBy(page => page).FirstOrDefault(group => group.Count() > 1);
        return twice is null ? contents : throw new SiteException($"{file} lists '{twice.Key}' twice.");
    }

    /// <summary>Every page in the list, the English one where there are two.</summary>
    public IEnumerable<string> Pages => Sections.SelectMany(section => section.Pages);

    /// <summary>The pages that are not translated, though the list gives no reason.</summary>
    public IReadOnlyList<string> Untranslated(Repository repository) => [.. Pages
        .Where(page => page[0] != '(' && Twins.Of(page, repository) is null && !EnglishOnly.ContainsKey(page))];

    /// <summary>The pages of docs and learn that no section lists, in either language.</summary>
    public IReadOnlyList<string> Forgotten(Repository repository)
    {
        var listed = Pages.ToHashSet(StringComparer.Ordinal);
        bool IsListed(string? page) => page is not null && listed.Contains(page);
        return [.. new[] { "docs", "learn" }.SelectMany(folder => repository.Files(folder, ".md"))
            .Where(page => page != "docs/pictures/README.md" && !IsListed(page))
            .Where(page => Twins.LanguageOf(page) == Language.English || !IsListed(Twins.Of(page, repository)))];
    }
}

/// <summary>Pages for one wish of a reader.</summary>
/// <param name="Titles">Its name in each language.</param>
/// <param name="About">One sentence for the first page, in each language.</param>
public sealed record Section(string Id, IReadOnlyDictionary<string, string> Titles, IReadOnlyDictionary<string, string> About,
    IReadOnlyList<string> Pages);
