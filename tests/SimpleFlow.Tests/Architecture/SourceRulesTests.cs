using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Architecture;

/// <summary>Rules about the source text that the compiler does not know.</summary>
public partial class SourceRulesTests
{
    private const int LongestFile = 400;
    private const int WidestLine = 140;

    public static TheoryData<string> Projects => ["SimpleFlow", "SimpleFlow.Onnx", "SimpleFlow.Mpi", "SimpleFlow.Plots", "SimpleFlow.Cli"];

    [Theory, MemberData(nameof(Projects))]
    public void A_file_is_one_idea(string project) =>
        Assert.All(SourceFile.Of(project),
            file => Assert.True(file.Text.Count(c => c == '\n') <= LongestFile, $"{file.Path} is longer than {LongestFile} lines."));

    [Fact]
    public void No_line_is_longer_than_a_screen_is_wide()
    {
        var root = Path.Combine(SourceFile.Source, "..");
        var wide = from folder in new[] { "src", "tests", "benchmarks", "examples", "learn", "site", "playground" }
                   from ending in new[] { "*.cs", "*.razor" }
                   from path in Directory.EnumerateFiles(Path.Combine(root, folder), ending, SearchOption.AllDirectories)
                   where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
                   from line in File.ReadLines(path).Index()
                   where line.Item.Length > WidestLine
                   select $"{Path.GetRelativePath(root, path)}:{line.Index + 1} has {line.Item.Length} columns, {WidestLine} at most.";
        Assert.Empty(wide);
    }

    [Theory, MemberData(nameof(Projects))]
    public void Nothing_is_left_undone(string project) =>
        Assert.Empty(SourceFile.Of(project).Where(file => Undone().IsMatch(file.Text)).Select(file => file.Path));

    [Fact]
    public void A_test_that_this_machine_cannot_run_is_skipped_and_not_passed()
    {
        var tests = SourceFile.Of("../tests/SimpleFlow.Tests").Where(file => file.Path.EndsWith("Tests.cs", StringComparison.Ordinal));
        Assert.All(tests, file => Assert.False(EarlyEnd().IsMatch(file.Code), $"{file.Path}: use Assert.SkipUnless or Assert.SkipWhen."));
        Assert.Matches(EarlyEnd(), "if (!OperatingSystem.IsLinux()) return;");
    }

    [Fact]
    public void Every_op_tells_its_story()
    {
        // The compiler demands a summary of what is public; this demands one of internal ops too.
        var records = from file in SourceFile.Of("SimpleFlow")
                      where file.Folder == "Ops"
                      from Match match in Records().Matches(file.Text)
                      select (file.Path, Name: match.Groups["name"].Value, Before: match.Groups["before"].Value.TrimStart());
        Assert.All(records, one => Assert.True(one.Before.StartsWith("///", StringComparison.Ordinal), $"{one.Path}: {one.Name}"));
    }

    [Theory, MemberData(nameof(Projects))]
    [Trait("Promise", "8")]
    public void Every_file_is_written_by_the_one_routine_that_loses_nothing(string project)
    {
        // The layer below it; a log that grows while a training runs; and a look whether a file can be written later.
        string[] others = ["FileLayer.cs", "EventFile.cs", "WritableFile.cs"];
        Assert.Empty(SourceFile.Of(project).Where(file => !others.Contains(Path.GetFileName(file.Path)) && Writing().IsMatch(file.Text))
            .Select(file => file.Path));
    }

    [GeneratedRegex(@"if \(!?(?:OperatingSystem\.|File\.Exists|Directory\.Exists|\w+\.IsSupported)[^\n]*\)\s*(?:return|\{\s*return);")]
    private static partial Regex EarlyEnd();

    [GeneratedRegex(
        @"\bFile\.(?:Write|Append|Create|Copy|Move|Replace|Open\b|OpenWrite)|FileMode\.(?:Create|Append|OpenOrCreate|Truncate)"
        + @"|FileAccess\.(?:Write|ReadWrite)|new StreamWriter\((?!file\b)")]
    private static partial Regex Writing();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK|XXX|NotImplementedException)\b")]
    private static partial Regex Undone();

    [GeneratedRegex(
        @"(?<before>[^\n]*)\n[^\S\n]*(?:public|internal) (?:sealed|abstract) record (?<name>\w+)[^\n]*"
        + @": (?:Op|Unary|Binary|Elementwise|Comparison|Reduce|AlongAxis|RandomOp)\b")]
    private static partial Regex Records();
}
