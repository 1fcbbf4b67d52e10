using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;

namespace SimpleFlow.Site.Search;

/// <summary>What the search looks through: every section, entry, type and member, as a script, because a page opened from a disk may load
/// a script but not a file of data. Chinese needs no words cut out: the search compares pieces of text.</summary>
internal static class SearchIndex
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.Create(UnicodeRanges.All) };

    public static string Of(IEnumerable<Page> pages)
    {
        var script = new StringBuilder("window.simpleflowIndex = [\n");
        foreach (var page in pages.Where(page => page.Passages.Count > 0))
        {
            var passages = page.Passages.Select(passage => new object[] { passage.Title, passage.Anchor, passage.Text, passage.Kind });
            object[] line = [page.Path, page.Title, page.Language.Code, passages];
            script.Append(JsonSerializer.Serialize(line, Readable)).Append(",\n");
        }
        return script.Append("];\n").ToString();
    }
}
