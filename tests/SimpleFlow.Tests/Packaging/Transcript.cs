using System.Globalization;
using System.Text.RegularExpressions;

namespace SimpleFlow.Tests.Packaging;

/// <summary>What a page says that a command answers: some of its lines in their order, with <c>…</c> for others. How long something took
/// is not compared, and a figure of a training may differ by a twentieth: other processors round otherwise.</summary>
internal static partial class Transcript
{
    private const double Tolerance = 0.05;

    public static bool Follows(string page, string answer)
    {
        var lines = new Queue<string>(answer.Split('\n'));
        var skips = false;
        foreach (var said in page.Split('\n'))
        {
            if (said.Trim() == "…")
            {
                skips = true;
                continue;
            }
            while (skips && lines.TryPeek(out var other) && !IsSame(said, other)) lines.Dequeue();
            if (!lines.TryDequeue(out var line) || !IsSame(said, line)) return false;
            skips = false;
        }
        return skips || lines.All(string.IsNullOrWhiteSpace);
    }

    private static bool IsSame(string said, string printed)
    {
        var (expected, actual) = (Words(said), Words(printed));
        return expected.Length == actual.Length && expected.Zip(actual).All(pair => pair.First == pair.Second
            || (Number(pair.First) is { } a && Number(pair.Second) is { } b && Math.Abs(a - b) <= Tolerance * Math.Abs(a)));
    }

    private static string[] Words(string line) =>
        Duration().Replace(line, "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);

    private static double? Number(string word) =>
        word.Contains('.') && double.TryParse(word.Trim(',', ';', ':'), CultureInfo.InvariantCulture, out var number) ? number : null;

    [GeneratedRegex(@"[\d.,]+ (?:s|[a-z]+/s)(?=\W|$)")]
    private static partial Regex Duration();
}
