using SimpleFlow.Site.Markdown;

namespace SimpleFlow.Site;

/// <summary>A line in the list of pages.</summary>
public sealed record Entry(Section Section, string Path, string Title, Language Language)
{
    /// <summary>The attribute of a link to it, where it is in another language than the page around the link.</summary>
    public string LanguageFor(Language page) => Language == page ? "" : $"lang=\"{Language.Code}\" hreflang=\"{Language.Code}\"";
}

/// <summary>The pages in the order of their sections, each in a language, or in the one that there is.</summary>
public sealed class PageList(Contents contents, Targets targets, IReadOnlyDictionary<string, string> titles)
{
    private readonly Dictionary<Language, IReadOnlyList<Entry>> _made = [];

    public IReadOnlyList<Entry> In(Language language)
    {
        lock (_made)
        {
            return _made.TryGetValue(language, out var made) ? made : _made[language] = [.. Entries(language)];
        }
    }

    private IEnumerable<Entry> Entries(Language language) =>
        contents.Sections.SelectMany(section => section.Pages.Select(page => Entry(section, page, language)));

    private Entry Entry(Section section, string page, Language language)
    {
        // Its name is in the language of the page that it is named on.
        if (page == Contents.Api) return new Entry(section, Api.ApiIndex.Path, language.Api, language);
        if (page == Contents.Gallery) return new Entry(section, GalleryPage.PathOf(language), language.Gallery, language);
        var source = Twins.In(language, page, targets.Repository);
        var title = page == "README.md" ? language.Overview : titles[source];
        if (Twins.LanguageOf(source) != language) title += language.Elsewhere;
        return new Entry(section, targets.PageOf(source), title, Twins.LanguageOf(source));
    }
}
