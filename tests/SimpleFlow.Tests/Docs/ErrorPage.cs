using System.Text;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Docs;

/// <summary>
/// The page of errors. Each entry is its message as the code makes it, with the exception's type, and below it a line with the cause and
/// one with the cure, which people write. Sections name, in a comment, the files whose new errors belong there: <c>&lt;!-- from:
/// Data/CsvTable, Data/Idx --&gt;</c>, by the longest beginning that fits.
/// </summary>
internal sealed partial class ErrorPage
{
    public const string Path = "docs/errors.md";
    private const string Cause = "  - Cause: ", Cure = "  - Cure: ", Gone = "## Gone";

    private readonly List<(List<string> Head, List<Entry> Entries)> _sections = [([], [])];

    /// <summary>An entry of the page.</summary>
    public sealed record Entry(string Head, string Cause = "", string Cure = "");

    private ErrorPage(string[] lines)
    {
        foreach (var line in lines)
        {
            var (head, entries) = _sections[^1];
            if (line.StartsWith("## ", StringComparison.Ordinal)) _sections.Add(([line], []));
            else if (line.StartsWith("- **", StringComparison.Ordinal)) entries.Add(new Entry(line));
            else if (entries.Count > 0 && line.StartsWith(Cause.TrimEnd(), StringComparison.Ordinal))
                entries[^1] = entries[^1] with { Cause = line[Cause.TrimEnd().Length..].Trim() };
            else if (entries.Count > 0 && line.StartsWith(Cure.TrimEnd(), StringComparison.Ordinal))
                entries[^1] = entries[^1] with { Cure = line[Cure.TrimEnd().Length..].Trim() };
            else if (entries.Count == 0) head.Add(line);
        }
    }

    public IReadOnlyList<Entry> Entries => [.. _sections.SelectMany(section => section.Entries)];

    public static ErrorPage Read() => new(Pages.Lines(Path));

    /// <summary>The line that an error begins its entry with.</summary>
    public static string HeadOf(CodeError error) => $"- **{Escape(error.Message.ReplaceLineEndings(" "))}** `{error.Type}`";

    /// <summary>Whether a message says what to do: by a second sentence, as a rule.</summary>
    public static bool HasItsOwnCure(Entry entry) => SecondSentence().IsMatch(entry.Head);

    /// <summary>Adds what is new at the end of its section, and moves what is not in the code to the end of the page.</summary>
    public void Bring(IReadOnlyList<CodeError> errors)
    {
        var heads = errors.Select(HeadOf).ToHashSet(StringComparer.Ordinal);
        var gone = _sections.SelectMany(section => section.Entries.Where(entry => !heads.Contains(entry.Head))).ToList();
        foreach (var (_, entries) in _sections) entries.RemoveAll(gone.Contains);
        var known = Entries.Select(entry => entry.Head).ToHashSet(StringComparer.Ordinal);
        foreach (var error in errors.Where(error => known.Add(HeadOf(error)))) SectionFor(error.File).Add(new Entry(HeadOf(error)));
        _sections.RemoveAll(section => section.Head is [Gone, ..]);
        // What nobody wrote about need not be kept.
        gone.RemoveAll(entry => entry.Cause.Length + entry.Cure.Length == 0);
        if (gone.Count > 0)
            _sections.Add(([Gone, "",
                "No code makes these any more. If one was reworded, take its cause and cure to the new one, then remove it here.", ""],
                gone));
    }

    public void Write()
    {
        var text = new StringBuilder();
        foreach (var (head, entries) in _sections)
        {
            text.AppendJoin('\n', head).Append('\n');
            foreach (var entry in entries)
            {
                text.Append(entry.Head).Append('\n').Append((Cause + entry.Cause).TrimEnd()).Append('\n');
                if (entry.Cure.Length > 0 || !HasItsOwnCure(entry)) text.Append((Cure + entry.Cure).TrimEnd()).Append('\n');
            }
            if (entries.Count > 0) text.Append('\n');
        }
        File.WriteAllText(System.IO.Path.Combine(Pages.Repository, Path), text.ToString().TrimEnd('\n') + "\n");
    }

    private List<Entry> SectionFor(string file)
    {
        var own = file.Replace("src/SimpleFlow/", "", StringComparison.Ordinal).Replace("src/", "", StringComparison.Ordinal);
        return _sections.MaxBy(section =>
            section.Head.SelectMany(line => From().Match(line).Groups["files"].Value.Split(", ", StringSplitOptions.RemoveEmptyEntries))
            .Where(beginning => own.StartsWith(beginning, StringComparison.Ordinal)).Select(beginning => beginning.Length)
                .DefaultIfEmpty(-1).Max()).Entries;
    }

    // Between backticks nothing has a meaning of its own.
    private static string Escape(string message) =>
        string.Join('`', message.Split('`').Select((part, i) => i % 2 == 1 ? part : Special().Replace(part, @"\$0")));

    [GeneratedRegex(@"[*_<\[\]|]")]
    private static partial Regex Special();

    [GeneratedRegex(@"[.…)] [\p{Lu}…`].*\.\*\* ")]
    private static partial Regex SecondSentence();

    [GeneratedRegex("^<!-- from: (?<files>.*) -->$")]
    private static partial Regex From();
}
