using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace SimpleFlow.Tests.Learn;

/// <summary>
/// The blocks of a page run in memory, as they stand. The program prints into a console of its own, what depends on the machine into its
/// <c>Error</c>, which no page shows, and its pictures, checkpoints and weights are in a folder of its own. Data are the repository's.
/// </summary>
internal static partial class LessonProgram
{
    private const char EndOfBlock = '\u0001';

    /// <summary>What each block prints; "" for those after which the page shows nothing printed.</summary>
    /// <param name="blocks">The blocks of C#.</param>
    /// <param name="folder">Where pictures, checkpoints and weights are.</param>
    public static string[] Run(IReadOnlyList<LessonBlock> blocks, string folder)
    {
        var order = Enumerable.Range(0, blocks.Count).OrderBy(i => IsTypes(blocks[i].Code)).ToList();
        var place = folder.Replace('\\', '/') + '/';
        var program = FileName().Replace(string.Join('\n', order.Select(i => Marked(blocks, i))), _ => $"\"{place}")
            .Replace("\"data/", $"\"{Docs.Pages.Repository.Replace('\\', '/')}/data/", StringComparison.Ordinal);
        var written = new Queue<string>(FileProgram.Run(program).Replace(place, "", StringComparison.Ordinal).Split(EndOfBlock)[..^1]);
        var printed = new string[blocks.Count];
        foreach (var i in order) printed[i] = blocks[i].Prints is null ? "" : written.Dequeue();
        return printed;
    }

    /// <summary>Whether a block declares types and does nothing. It stands behind everything that does.</summary>
    public static bool IsTypes(string code)
    {
        var unit = CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot();
        return unit.Members.Count > 0 && !unit.Members.OfType<GlobalStatementSyntax>().Any();
    }

    // The blocks of an answer stand in braces: they may use what the lesson has, and two answers may use the same names.
    private static string Marked(IReadOnlyList<LessonBlock> blocks, int i)
    {
        var (block, code) = (blocks[i], blocks[i].Prints is null ? blocks[i].Code : Marked(blocks[i].Code));
        if (block.Answer == 0) return code;
        var isFirst = i == 0 || blocks[i - 1].Answer != block.Answer;
        var isLast = i == blocks.Count - 1 || blocks[i + 1].Answer != block.Answer;
        return $"{(isFirst ? "{\n" : "")}{code}{(isLast ? "\n}" : "")}";
    }

    // Behind its last statement: types come after all statements.
    private static string Marked(string code)
    {
        var statements = CSharpSyntaxTree.ParseText(code).GetCompilationUnitRoot().Members.OfType<GlobalStatementSyntax>();
        return code.Insert(statements.LastOrDefault()?.FullSpan.End ?? code.Length, $"\nConsole.Write('\\u{(int)EndOfBlock:X4}');\n");
    }

    /// <summary>The code without comments and layout: what a translation must not change.</summary>
    public static string Bare(string code) => CSharpSyntaxTree.ParseText(code).GetRoot().NormalizeWhitespace().DescendantTokens()
        .Aggregate("", (text, token) => $"{text} {token.Text}");

    [GeneratedRegex("""
        "(?=pictures/|run"|[\w-]+\.(npz|safetensors)")
        """)]
    private static partial Regex FileName();
}
