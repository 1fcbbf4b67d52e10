using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// A fenced block of a page. The mark on the line above it says what it belongs to: <c>&lt;!-- program: NAME --&gt;</c>; what a
/// program prints, <c>&lt;!-- prints: NAME --&gt;</c>; a file of the repository that a reader makes or extends,
/// <c>&lt;!-- file: PATH --&gt;</c>; or commands that a reader types, <c>&lt;!-- commands: NAME --&gt;</c>, and what they answer,
/// <c>&lt;!-- answer: NAME --&gt;</c>.
/// </summary>
internal sealed partial record CodeBlock(string Page, int Line, string Language, string Kind, string Name, string Text)
{
    /// <summary>The blocks of all pages.</summary>
    public static IReadOnlyList<CodeBlock> All { get; } = [.. Pages.All.SelectMany(page => Of(page, Pages.Lines(page)))];

    /// <summary>Where it is, for messages.</summary>
    public string Place => $"{Page}:{Line}";

    public static IEnumerable<CodeBlock> Of(string page, string[] lines)
    {
        for (var i = 0; i < lines.Length; i++)
        {
            if (Fence().Match(lines[i]) is not { Success: true } fence) continue;
            var (start, mark) = (i, Mark().Match(i > 0 ? lines[i - 1] : ""));
            bool IsEnd(string line) => line.Trim() == fence.Groups["ticks"].Value;
            for (i++; i < lines.Length && !IsEnd(lines[i]); i++) { }
            yield return new(page, start + 1, fence.Groups["language"].Value, mark.Groups["kind"].Value, mark.Groups["name"].Value,
                string.Join('\n', lines[(start + 1)..i]));
        }
    }

    [GeneratedRegex(@"^\s*(?<ticks>```+|~~~+)\s*(?<language>.*?)\s*$")]
    private static partial Regex Fence();

    [GeneratedRegex("^<!-- (?<kind>program|prints|file|commands|answer): (?<name>.*) -->$")]
    private static partial Regex Mark();
}
