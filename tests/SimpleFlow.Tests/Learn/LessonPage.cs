using System.Globalization;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Learn;

/// <summary>A page of a lesson: its blocks of C#, those of the folded answers too, what each prints according to the page, and the pictures
/// it shows.</summary>
internal sealed partial record LessonPage(string Path, IReadOnlyList<LessonBlock> Blocks, IReadOnlyList<string> Pictures)
{
    /// <summary>All pages, in English and in Chinese.</summary>
    public static IReadOnlyList<string> All => [.. Pages.All.Where(page => Name().IsMatch(page))];

    /// <summary>What a reader has who puts the blocks of the page into one file, one below the other.</summary>
    public string Program => ProgramWith(answer: 0);

    /// <summary>The same with the blocks of an answer behind the last statement: types come last.</summary>
    public string ProgramWith(int answer) => string.Join('\n', Blocks.Where(block => block.Answer == 0 || block.Answer == answer)
        .OrderBy(block => LessonProgram.IsTypes(block.Code)).Select(block => block.Code)) + "\n";

    /// <summary>The numbers of the exercises under the last heading, and those of the folded answers, in the order of the page.</summary>
    public (IReadOnlyList<int> Exercises, IReadOnlyList<int> Answers) Numbers
    {
        get
        {
            var lines = Pages.Lines(Path);
            var section = lines.Skip(Array.FindLastIndex(lines, line => line.StartsWith("## ", StringComparison.Ordinal))).ToList();
            return ([.. section.Select(line => Exercise().Match(line)).Where(match => match.Success).Select(Number)],
                [.. section.Select(line => Summary().Match(line)).Where(match => match.Success).Select(Number)]);
            static int Number(Match match) => int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        }
    }

    /// <summary>Where the finished program lies: <c>learn/programs/03.cs</c>.</summary>
    public string ProgramFile => $"learn/programs/{System.IO.Path.GetFileName(Path)[..2]}.cs";

    /// <summary>The finished program: the page's, with the projects where they are from that folder.</summary>
    public string FinishedProgram =>
        $"// {Title}. Made from {Path}, where it is "
            + $"explained.\n{Program.Replace("#:project src/", "#:project ../../src/", StringComparison.Ordinal)}";

    /// <summary>The lesson's name, as the page's first line has it.</summary>
    private string Title => Pages.Lines(Path)[0].TrimStart('#', ' ');

    public static LessonPage Read(string path)
    {
        var lines = Pages.Lines(path);
        var blocks = new List<LessonBlock>();
        var (answers, isAnswer) = (0, false);
        for (var i = 0; i < lines.Length; i++)
        {
            if (lines[i] == "<details>") (answers, isAnswer) = (answers + 1, true);
            if (lines[i] == "</details>") isAnswer = false;
            if (lines[i] is not ("```csharp" or "```text")) continue;
            var text = string.Join('\n', lines.Skip(i + 1).TakeWhile(line => line != "```"));
            if (lines[i] == "```csharp") blocks.Add(new LessonBlock(text, null, isAnswer ? answers : 0));
            else if (blocks.Count > 0 && blocks[^1].Prints is null) blocks[^1] = blocks[^1] with { Prints = text };
            while (lines[i] != "```") i++;
        }
        return new LessonPage(path, blocks,
            [.. lines.SelectMany(line => Picture().Matches(line)).Select(match => match.Groups["file"].Value).Distinct()]);
    }

    /// <summary>Puts what the programs print into the blocks of text that follow them.</summary>
    public static void WriteOutputs(string path, IReadOnlyList<string> printed)
    {
        var (written, block, isOpen) = (new List<string>(), -1, false);
        var lines = Pages.Lines(path);
        for (var i = 0; i < lines.Length; i++)
        {
            written.Add(lines[i]);
            if (lines[i] is not ("```csharp" or "```text")) continue;
            var isOutput = lines[i] == "```text" && isOpen;
            if (lines[i] == "```csharp") (block, isOpen) = (block + 1, true);
            if (isOutput)
            {
                written.AddRange(printed[block].TrimEnd('\n').Split('\n').Select(line => line.TrimEnd()));
                isOpen = false;
            }
            for (i++; lines[i] != "```"; i++)
            {
                if (!isOutput) written.Add(lines[i]);
            }
            written.Add("```");
        }
        File.WriteAllText(System.IO.Path.Combine(Pages.Repository, path), string.Join('\n', written) + "\n");
    }

    /// <summary>The same page in the other language.</summary>
    public string Other => Path.Contains("/zh-CN/", StringComparison.Ordinal) ? Path.Replace("/zh-CN/", "/", StringComparison.Ordinal)
        : Path.Replace("learn/", "learn/zh-CN/", StringComparison.Ordinal);

    [GeneratedRegex(@"^learn/(zh-CN/)?\d\d-[a-z-]+\.md$")]
    private static partial Regex Name();

    [GeneratedRegex(@"!\[[^\]]*\]\((\.\./)?pictures/(?<file>[^)]+)\)")]
    private static partial Regex Picture();

    [GeneratedRegex(@"^(?<number>\d+)\. ")]
    private static partial Regex Exercise();

    [GeneratedRegex(@"^<summary>\D*(?<number>\d+)")]
    private static partial Regex Summary();
}

/// <summary>A block of C#, what it prints (null where the page does not say), and the number of the folded answer it belongs to; 0 for the
/// blocks of the lesson itself.</summary>
internal sealed record LessonBlock(string Code, string? Prints, int Answer = 0);
