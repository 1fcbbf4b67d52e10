using System.Text;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SimpleFlow.Site.Markdown;

namespace SimpleFlow.Site;

/// <summary>The first page of a language: what the README says first, where to go from there, and what the examples draw.</summary>
internal sealed class HomePage(Contents contents, MarkdownPages pages, Targets targets, Frame frame, Language language)
{
    private const int MostLinks = 6;

    private readonly string _path = language.Folder + "index.html";
    private readonly string _source = Twins.In(language, "README.md", targets.Repository);

    public Page Make()
    {
        var blocks = MarkdownPages.Read(targets.Repository.Text(_source)).ToList();
        var intro = blocks.OfType<ParagraphBlock>().First(paragraph => PlainText.Of(paragraph).Length > 40);
        var picture = blocks.OfType<ParagraphBlock>().First(paragraph => paragraph.Inline?.FirstChild is LinkInline { IsImage: true });
        var command = blocks.OfType<FencedCodeBlock>().First(block => block.Info == "sh");
        var program = blocks.OfType<FencedCodeBlock>().First(block => block.Info == "csharp");
        var printed = blocks.SkipWhile(block => block != program).OfType<FencedCodeBlock>().First(block => block.Info == "text");
        var body = $"""
            <div class="hero"><div>
            <h1>SimpleFlow</h1>
            <div class="lead">{Of(intro)}</div>
            {Of(command)}<p class="doors">
            {Door("README.md", language.Of("Start here", "从这里开始"), "door first")}
            {Door("learn/README.md", language.Of("Learn how networks learn", "学习网络如何学习"), "door")}
            </p>
            </div>
            <div class="picture">{Of(picture)}</div></div>
            <div class="cards">
            {string.Concat(contents.Sections.Select(Card))}</div>
            <h2 id="program">{language.Of("A whole program", "一个完整的程序")}</h2>
            <div class="sides">{Of(program)}{Of(printed)}</div>
            <h2 id="gallery">{Html.Link(To(GalleryPage.PathOf(language)), language.Gallery)}</h2>
            {new GalleryPage(pages, targets, language).Strip(_path)}
            """;
        return new Page(_path, language, language.Of("SimpleFlow: deep learning in C#", "SimpleFlow：C# 深度学习"), body)
        {
            Kind = "home",
            Description = PlainText.Of(intro),
            Twin = language.Other.Folder + "index.html",
        };
    }

    private string Card(Section section)
    {
        var entries = frame.Listed(language).Where(entry => entry.Section == section).ToList();
        var lines = new StringBuilder();
        foreach (var entry in entries.Take(MostLinks)) lines.Append(Line(entry, entry.Title));
        if (entries.Count > MostLinks)
        {
            var more = entries.Count - MostLinks;
            lines.Append(Line(entries[MostLinks] with { Language = language }, language.Of($"and {more} more", $"另外 {more} 页")));
        }
        return $"<section class=\"card\"><h2>{Html.Text(section.Titles[language.Code])}</h2>\n"
            + $"<p>{Html.Text(section.About[language.Code])}</p>\n<ul>\n{lines}</ul></section>\n";
    }

    private string Line(Entry entry, string title) =>
        $"<li>{Html.Link(To(entry.Path), Html.Text(title), entry.LanguageFor(language))}</li>\n";

    private string Door(string page, string text, string kind) =>
        Html.Link(To(targets.PageOf(Twins.In(language, page, targets.Repository))), text, $"class=\"{kind}\"");

    private string Of(MarkdownObject part) => pages.Render(part, _source, _path);

    private string To(string there) => Paths.Relative(_path, there);
}
