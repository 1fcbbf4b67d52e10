// Moves the line numbers of links such as [...](../src/File.cs#L57 "upstream.MatMul") to where their markers stand now.
// Run it from the root of the repository after a change that moved lines:   dotnet run docs/follow-links.cs

using System.Text.RegularExpressions;

var link = new Regex("""\]\((?<path>[^)#\s]+)#L(?<line>[0-9]+) "(?<marker>[^"]+)"\)""", RegexOptions.ExplicitCapture,
    TimeSpan.FromSeconds(1));
foreach (var page in Directory.EnumerateFiles(".", "*.md").Concat(Directory.EnumerateFiles("docs", "*.md", SearchOption.AllDirectories)))
{
    var text = File.ReadAllText(page);
    var followed = link.Replace(text, match =>
    {
        var file = Path.Combine(Path.GetDirectoryName(page)!, match.Groups["path"].Value);
        if (!File.Exists(file)) return match.Value;
        var (written, marker) = (int.Parse(match.Groups["line"].Value), match.Groups["marker"].Value);
        var places = File.ReadLines(file).Index().Where(line => line.Item.Contains(marker, StringComparison.Ordinal))
            .Select(line => line.Index + 1).ToList();
        // Of several places the nearest is the one that was meant, as a rule.
        var line = places.Count == 0 ? written : places.MinBy(place => Math.Abs(place - written));
        return $"]({match.Groups["path"].Value}#L{line} \"{marker}\")";
    });
    if (followed == text) continue;
    File.WriteAllText(page, followed);
    Console.WriteLine($"{page} follows the code again.");
}
