using System.Text;

namespace SimpleFlow.Site;

/// <summary>What stands around the text of each page: head, bar, list of pages, list of headings, neighbours.</summary>
public sealed class Frame(Contents contents, PageList list)
{
    /// <summary>Run before anything is drawn, so that a dark page never flashes white.</summary>
    private const string EarlyTheme =
        "try{const t=localStorage.getItem('simpleflow-theme');if(t)document.documentElement.dataset.theme=t}catch{}";

    public IReadOnlyList<Entry> Listed(Language language) => list.In(language);

    public string Around(Page page)
    {
        var words = page.Language;
        string To(string path) => Html.Attribute(Paths.Relative(page.Path, path));
        var root = To("x")[..^1];
        return $"""
            <!doctype html>
            <html lang="{words.Code}" data-root="{root}">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>{Html.Text(page.Kind == "home" ? page.Title : $"{page.Title} · SimpleFlow")}</title>
            <meta name="description" content="{Html.Attribute(page.Description)}">
            <link rel="icon" href="{To("docs/pictures/icon.png")}" type="image/png">
            <link rel="stylesheet" href="{To("assets/base.css")}">
            <link rel="stylesheet" href="{To("assets/site.css")}">
            {(page.Twin is { } twin ? $"<link rel=\"alternate\" hreflang=\"{words.Other.Code}\" href=\"{To(twin)}\">" : "")}
            <script>{EarlyTheme}</script>
            <script src="{To("assets/site.js")}" defer></script>
            </head>
            <body class="{page.Kind}">
            <a class="skip" href="#text">{words.Skip}</a>
            <header class="bar">
            <button class="icon menu" type="button" popovertarget="pages" aria-label="{words.Menu}">{Icons.Menu}</button>
            <a class="brand" href="{To(words.Folder + "index.html")}">
            <img src="{To("docs/pictures/icon.png")}" alt="" width="26" height="26"> SimpleFlow</a>
            <button class="find" type="button" data-find aria-label="{words.Search}">
            {Icons.Search}<span>{words.Search}</span><kbd>/</kbd></button>
            {OtherLanguage(page)}
            <button class="icon" type="button" data-switch aria-label="{words.Theme}" title="{words.Theme}">{Icons.Theme}</button>
            </header>
            <div class="sheet">
            {Pages(page)}<main id="text" tabindex="-1">
            {Above(page)}<article>
            {page.Body}</article>
            {Neighbours(page)}</main>
            {OnThisPage(page)}</div>
            <footer class="foot"><p>SimpleFlow · <a href="{To("source/LICENSE.html")}">MIT</a> ·
            <a href="{To("source/index.html")}">{words.SourceCode}</a></p></footer>
            {SearchDialog(words, To)}
            <template id="copy"><button class="copy" type="button" data-done="{words.Copied}">{words.Copy}</button></template>
            </body>
            </html>

            """;
    }

    private Entry? Here(Page page) => list.In(page.Language).FirstOrDefault(entry => IsAt(entry, page));

    /// <summary>Whether a line of the list is the page, or the reference that it belongs to.</summary>
    private static bool IsAt(Entry entry, Page page) =>
        entry.Path == page.Path || entry.Path == Api.ApiIndex.Path && page.Path.StartsWith("api/", StringComparison.Ordinal);

    private string Pages(Page page)
    {
        var words = page.Language;
        var here = Here(page)?.Section ?? contents.Sections[0];
        var html = new StringBuilder($"<nav id=\"pages\" class=\"pages\" aria-label=\"{words.Pages}\" popover>\n");
        foreach (var section in contents.Sections)
        {
            html.Append($"<details{(section == here ? " open" : "")}><summary>{Html.Text(section.Titles[words.Code])}</summary>\n<ul>\n");
            foreach (var entry in list.In(words).Where(entry => entry.Section == section))
            {
                var attributes = (IsAt(entry, page) ? "aria-current=\"page\" " : "") + entry.LanguageFor(words);
                html.Append($"<li>{Html.Link(Paths.Relative(page.Path, entry.Path), Html.Text(entry.Title), attributes.TrimEnd())}</li>\n");
            }
            html.Append("</ul></details>\n");
        }
        return html.Append("</nav>\n").ToString();
    }

    private string Above(Page page)
    {
        var above = page.Above is { } up ? Html.Link(Paths.Relative(page.Path, up.Path), Html.Text(up.Title))
            : Here(page) is { } here ? Html.Text(here.Section.Titles[page.Language.Code]) : "";
        return above.Length == 0 ? "" : $"<p class=\"above\">{above}</p>\n";
    }

    private static string OnThisPage(Page page)
    {
        if (page.Headings.Count < 2) return "";
        var lines = page.Headings
            .Select(heading => $"<li class=\"h{heading.Level}\">{Html.Link("#" + heading.Anchor, Html.Text(heading.Text))}</li>\n");
        var title = page.Language.OnThisPage;
        return $"<nav class=\"onpage\" aria-label=\"{title}\">\n<p>{title}</p>\n<ul>\n{string.Concat(lines)}</ul>\n</nav>\n";
    }

    /// <summary>The same page in the other language; where there is none, the first page in that language.</summary>
    private static string OtherLanguage(Page page)
    {
        var other = page.Language.Other;
        var there = Paths.Relative(page.Path, page.Twin ?? other.Folder + "index.html");
        return $"<a class=\"language\" href=\"{Html.Attribute(there)}\" lang=\"{other.Code}\" hreflang=\"{other.Code}\">{other.Name}</a>";
    }

    private string Neighbours(Page page)
    {
        var words = page.Language;
        var listed = list.In(words);
        var at = listed.Index().Where(entry => entry.Item.Path == page.Path).Select(entry => entry.Index).DefaultIfEmpty(-1).First();
        if (at < 0) return "";
        string Link(int index, string kind, string label)
        {
            if (index < 0 || index >= listed.Count) return "<span></span>";
            var attributes = $"class=\"{kind}\" rel=\"{kind}\" {listed[index].LanguageFor(words)}".TrimEnd();
            var text = $"<small lang=\"{words.Code}\">{label}</small>{Html.Text(listed[index].Title)}";
            return Html.Link(Paths.Relative(page.Path, listed[index].Path), text, attributes);
        }
        return $"<nav class=\"neighbours\" aria-label=\"{words.Previous}, {words.Next}\">\n"
            + $"{Link(at - 1, "prev", words.Previous)}\n{Link(at + 1, "next", words.Next)}\n</nav>\n";
    }

    private static string SearchDialog(Language words, Func<string, string> to) => $"""
        <dialog class="search" aria-label="{words.Search}" data-index="{to("assets/index.js")}" data-search="{to("assets/search.js")}"
        data-nothing="{words.Nothing}" data-results="{words.Results}" data-broken="{words.NoIndex}">
        <form method="dialog"><input type="search" role="combobox" aria-expanded="false" aria-controls="found" aria-autocomplete="list"
        aria-label="{words.Search}" placeholder="{words.SearchHint}" autocomplete="off" spellcheck="false">
        <button class="icon" aria-label="{words.Close}">{Icons.Close}</button></form>
        <p class="status" role="status"></p>
        <div id="found" role="listbox" aria-label="{words.Results}"></div>
        <p class="help">{words.SearchHelp}</p>
        </dialog>
        """;
}
