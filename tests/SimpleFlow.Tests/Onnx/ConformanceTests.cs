using System.Text;
using SimpleFlow.Conformance;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Onnx;

/// <summary>ONNX's official test cases, from a zip that is no part of the repository. Those that do not pass are listed with the reason in
/// <c>tests/SimpleFlow.Conformance/failing.md</c>.</summary>
public sealed class ConformanceTests
{
    private const string Zip = "onnx-1.22.0-tests.zip", Variable = "SIMPLEFLOW_ONNX_CASES";

    private static string Archive => Environment.GetEnvironmentVariable(Variable)
        ?? Path.Combine(Pages.Repository, "..", "shared", "data", "onnx", Zip);

    private static string Table => Path.Combine(Pages.Repository, "tests", "SimpleFlow.Conformance", "failing.md");

    [Fact]
    public void The_cases_that_do_not_pass_are_known_with_their_reasons()
    {
        Assert.SkipUnless(File.Exists(Archive), $"{Zip} is not there; {Variable} names another place.");
        Assert.Equal(File.ReadAllText(Table).ReplaceLineEndings("\n"), Written());
    }

    [Fact(Explicit = true)]
    public void Refresh() => File.WriteAllText(Table, Written());

    private static string Written()
    {
        using var archive = CaseArchive.Open(Archive);
        var (rows, counts) = (new StringBuilder(), new SortedDictionary<string, (int Passed, int All)>(StringComparer.Ordinal));
        foreach (var name in archive.Names)
        {
            var outcome = archive.Run(name);
            var (passed, all) = counts.GetValueOrDefault(name.Split('/')[0]);
            counts[name.Split('/')[0]] = (passed + (outcome.Kind == OutcomeKind.Pass ? 1 : 0), all + 1);
            if (outcome.Kind != OutcomeKind.Pass) rows.Append($"| {name} | {Cell(outcome.Reason)} |\n");
        }
        return $"""
            # Cases that do not pass

            Of the official test cases of ONNX 1.22 that the project tests with, these pass: {string.Join(", ",
                counts.Select(one => $"{one.Key} {one.Value.Passed} of {one.Value.All}"))}.
            The others are below. This writes the page again:

            ```sh
            dotnet run -c Release --project tests/SimpleFlow.Tests -- -explicit only -method "*.ConformanceTests.Refresh"
            ```

            | case | why |
            |---|---|

            """.ReplaceLineEndings("\n") + rows;
    }

    // The names that a case gives its values are of no interest, and numbers differ in their last digits.
    private static string Cell(string reason)
    {
        var text = reason.Replace("model.onnx: ", "", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal);
        return text.Length <= 120 ? text : $"{text[..120]}…";
    }
}
