using System.Runtime.CompilerServices;

namespace SimpleFlow.Tests;

/// <summary>
/// Text that people read, compared with a file beside the test. If a change is wanted, move the file that the failing test writes,
/// <c>name.new.txt</c>, over <c>name.txt</c>, and review the difference with the rest of the commit.
/// </summary>
internal static class Snapshot
{
    public static void AssertMatches(string name, string text, [CallerFilePath] string test = "")
    {
        var file = Path.Combine(Path.GetDirectoryName(test)!, "Snapshots", $"{name}.txt");
        var expected = File.Exists(file) ? File.ReadAllText(file).ReplaceLineEndings("\n") : "";
        if (expected == text) return;
        var received = Path.ChangeExtension(file, ".new.txt");
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(received, text);
        Assert.Fail(
            $"{name}.txt is not what comes out now. If that is wanted, move {Path.GetFileName(received)} over "
                + $"it.\n{Difference(expected.Split('\n'), text.Split('\n'))}");
    }

    private static string Difference(string[] expected, string[] actual)
    {
        var first = expected.Zip(actual).TakeWhile(pair => pair.First == pair.Second).Count();
        return $"Line {first + 1}:\n- {expected.ElementAtOrDefault(first)}\n+ {actual.ElementAtOrDefault(first)}";
    }
}
