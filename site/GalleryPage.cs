using Markdig.Extensions.Tables;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;
using SimpleFlow.Site.Markdown;

namespace SimpleFlow.Site;

/// <summary>The examples with their pictures, from the table of the README.</summary>
internal sealed class GalleryPage(MarkdownPages pages, Targets targets, Language language)
{
    private const string Folder = "examples/";

    private sealed record Example(string File, string Command, string About, LinkInline? Picture);

    private readonly string _source = Twins.In(language, "README.md", targets.Repository);

    public static string PathOf(Language language) => language.Folder + "gallery.html";

    public Page Make()
    {
        var path = PathOf(language);
        var lead = language.Of("Each example is one file. It prints its numbers, and draws what you see here into the folder out.",
            "每个示例都是一个文件：运行后打印数值，并把这里的图片写入 out 文件夹。");
        var examples = Examples();
        var items = examples.Select(example => $"""
            <section class="example">
            {Picture(example, path)}<div><h2>{Link(example, path, Html.Text(Path.GetFileName(example.File)))}</h2>
            <p>{Html.Text(example.About)}</p>
            {(example.Command.Length == 0 ? "" : CodeRenderer.Code(example.Command, "sh"))}</div>
            </section>

            """);
        var body = $"<h1>{language.Gallery}</h1>\n<p class=\"lead\">{lead}</p>\n<div class=\"gallery\">\n{string.Concat(items)}</div>\n";
        var words = string.Join(' ', examples.Select(example => $"{Path.GetFileName(example.File)} {example.About}"));
        return new Page(path, language, language.Gallery, body)
        {
            Description = lead,
            Twin = PathOf(language.Other),
            Passages = [new Passage(language.Gallery, "", words, "page")],
        };
    }

    /// <summary>The pictures alone, in a row, each a link to its example.</summary>
    public string Strip(string path)
    {
        var pictures = Examples().Where(example => example.Picture is not null)
            .Select(example => Link(example, path, Picture(example, path)) + "\n");
        return $"<div class=\"strip\">\n{string.Concat(pictures)}</div>\n";
    }

    private string Link(Example example, string path, string html) => Html.Link(Paths.Relative(path, targets.SourceOf(example.File)), html);

    private string Picture(Example example, string path) => example.Picture is null ? "" : pages.Render(example.Picture, _source, path);

    private List<Example> Examples()
    {
        var document = MarkdownPages.Read(targets.Repository.Text(_source));
        var examples = document.Descendants<TableRow>().Select(Of).OfType<Example>().ToList();
        return examples.Count > 0 ? examples
            : throw new SiteException($"{_source} has no table of examples, with rows that begin 'dotnet run -c Release {Folder}…'.");
    }

    private static Example? Of(TableRow row)
    {
        var command = row.Descendants<CodeInline>().Select(code => code.Content)
            .FirstOrDefault(code => code.Contains(Folder, StringComparison.Ordinal));
        if (command is null) return null;
        // A folder with several files is not one command, but a link.
        var isLink = command.StartsWith(Folder, StringComparison.Ordinal);
        var file = isLink ? row.Descendants<LinkInline>().First().Url!
            : command[command.IndexOf(Folder, StringComparison.Ordinal)..].Split(' ')[0];
        var about = PlainText.Of(row[0])[command.Length..].TrimStart(':', ' ', '：');
        return new Example(file, isLink ? "" : command, about, row.Descendants<LinkInline>().FirstOrDefault(link => link.IsImage));
    }
}
