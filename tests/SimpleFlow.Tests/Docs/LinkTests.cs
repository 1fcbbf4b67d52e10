using System.Text;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// Every relative link of every page leads somewhere. A link to a line, <c>[…](../src/File.cs#L57
/// "upstream.MatMul")</c>, says in its title what stands on that line, so that a change of the code that
/// moves the line is noticed and the link follows it.
/// </summary>
public sealed partial class LinkTests
{
    public static TheoryData<string> Names => [.. Pages.All];

    [Theory, MemberData(nameof(Names))]
    public void Its_links_lead_somewhere(string page)
    {
        var complaints = new List<string>();
        foreach (var (number, line) in Prose(page))
        {
            foreach (Match link in Link().Matches(line))
            {
                if (Complaint(page, link.Groups["target"].Value, link.Groups["title"].Value) is { } complaint)
                    complaints.Add($"{page}:{number}: {link.Groups["target"].Value}: {complaint}");
            }
        }
        Assert.True(complaints.Count == 0, string.Join("\n", complaints));
    }

    private static string? Complaint(string page, string target, string title)
    {
        if (target.Contains("://", StringComparison.Ordinal) || target.StartsWith("mailto:", StringComparison.Ordinal)) return null;
        var (path, anchor) = target.Split('#') is [var before, var after] ? (before, after) : (target, "");
        var file = path.Length == 0 ? page : Path.Combine(Path.GetDirectoryName(page)!, path);
        var full = Path.GetFullPath(Path.Combine(Pages.Repository, file));
        if (!full.StartsWith(Pages.Repository, StringComparison.Ordinal)) return "it leads out of the repository.";
        if (Directory.Exists(full)) return anchor.Length == 0 ? null : "a folder has no places to link to.";
        if (!File.Exists(full)) return "there is no such file.";
        if (anchor.Length == 0) return null;
        var lines = File.ReadAllLines(full);
        if (LineAnchor().Match(anchor) is { Success: true } place) return LineComplaint(lines, int.Parse(place.Groups[1].Value), title);
        return Headings(lines).Contains(anchor) ? null : "the page has no such heading.";
    }

    private static string? LineComplaint(string[] lines, int number, string marker)
    {
        if (marker.Length == 0) return "say in the link's title what stands on that line.";
        if (number >= 1 && number <= lines.Length && lines[number - 1].Contains(marker, StringComparison.Ordinal)) return null;
        var places = Enumerable.Range(1, lines.Length).Where(i => lines[i - 1].Contains(marker, StringComparison.Ordinal))
            .Select(i => $"#L{i}").ToList();
        return places.Count == 0 ? $"\"{marker}\" stands nowhere in that file." : $"\"{marker}\" stands at {string.Join(", ", places)}.";
    }

    /// <summary>The anchors that a code-hosting page makes of headings: lower case, spaces as hyphens, punctuation left out.</summary>
    private static HashSet<string> Headings(string[] lines)
    {
        var anchors = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (_, line) in WithoutCode(lines))
        {
            if (!line.StartsWith('#')) continue;
            var anchor = new StringBuilder();
            foreach (var letter in line.TrimStart('#').Trim().ToLowerInvariant())
            {
                if (char.IsLetterOrDigit(letter) || letter is '-' or '_') anchor.Append(letter);
                else if (letter == ' ') anchor.Append('-');
            }
            anchors.Add(anchor.ToString());
        }
        return anchors;
    }

    private static IEnumerable<(int Number, string Line)> Prose(string page) =>
        WithoutCode(Pages.Lines(page)).Select(line => (line.Number, InlineCode().Replace(line.Line, "")));

    private static IEnumerable<(int Number, string Line)> WithoutCode(string[] lines)
    {
        var isCode = false;
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i].TrimStart().StartsWith("```", StringComparison.Ordinal)) isCode = !isCode;
            else if (!isCode) yield return (i + 1, lines[i]);
        }
    }

    [GeneratedRegex("""(\]\(|src=")(?<target>[^)\s"]+)(\s+"(?<title>[^"]*)")?""")]
    private static partial Regex Link();

    [GeneratedRegex("^L([0-9]+)$")]
    private static partial Regex LineAnchor();

    [GeneratedRegex("`[^`]*`")]
    private static partial Regex InlineCode();
}
