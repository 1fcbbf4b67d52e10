using System.Text;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Cli;

namespace SimpleFlow.Tests.Docs;

/// <summary>The page of the tool's commands, from what each says for <c>--help</c>.</summary>
internal static partial class CliPage
{
    public const string Path = "docs/cli.md";

    private const string Begin = "<!-- table -->", End = "<!-- end of table -->";

    /// <summary>The page with the commands as they are now.</summary>
    public static string Written(string page)
    {
        var (begin, end) = (page.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, page.IndexOf(End, StringComparison.Ordinal));
        return page[..begin] + "\n\n" + Commands() + page[end..];
    }

    private static string Commands()
    {
        var names = Parts(ToolRun.Of("--help").Succeeded().Output)["Commands"].Select(line => line.Term.Split(' ')[0]);
        return string.Concat(names.Select(Command));
    }

    private static string Command(string name)
    {
        var help = Parts(ToolRun.Of(name, "--help").Succeeded().Output);
        var page = new StringBuilder($"## simpleflow {name}\n\n{Escaped(help["Description"][0].Term)}\n\n");
        page.Append($"```text\n{help["Usage"][0].Term}\n```\n\n| | |\n|---|---|\n");
        var lines = help.GetValueOrDefault("Arguments", []).Concat(help["Options"]);
        foreach (var (term, meaning) in lines.Where(line => !line.Term.StartsWith("-?", StringComparison.Ordinal)))
            page.Append($"| **`{term.Replace("|", "\\|", StringComparison.Ordinal)}`** | {Escaped(meaning)} |\n");
        var examples = help["Examples"];
        var width = examples.Max(example => example.Term.Length);
        page.Append("\n```sh\n");
        foreach (var (term, meaning) in examples) page.Append($"{term.PadRight(width)}  # {meaning}\n");
        return page.Append("```\n\n").ToString();
    }

    /// <summary>The parts of a help text by their titles. A line is a term, and after two spaces what it means.</summary>
    private static Dictionary<string, List<(string Term, string Meaning)>> Parts(string help)
    {
        var parts = new Dictionary<string, List<(string, string)>>();
        var title = "";
        foreach (var line in help.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith(' ')) parts[title = line.TrimEnd(':')] = [];
            else parts[title].Add(Gap().Split(line.Trim(), 2) is [var term, var meaning] ? (term, meaning) : (line.Trim(), ""));
        }
        return parts;
    }

    // In a table, JSON and signs stand as they are.
    private static string Escaped(string text) => Sign().Replace(text, @"\$0");

    [GeneratedRegex(" {2,}")]
    private static partial Regex Gap();

    [GeneratedRegex(@"[|<>*_`\[\]$]")]
    private static partial Regex Sign();
}
