// Runs ONNX's official test cases: dotnet run -c Release --project tests/SimpleFlow.Conformance -- ZIP [part of a name]
// A line for each case, and as the last line how many passed in each folder.

using SimpleFlow.Conformance;

if (args.Length is 0 or > 2)
{
    Console.Error.WriteLine("Usage: dotnet run -c Release --project tests/SimpleFlow.Conformance -- ZIP [part of a name]");
    return 1;
}
using var cases = CaseArchive.Open(args[0]);
var counts = new Dictionary<string, (int Passed, int All)>(StringComparer.Ordinal);
foreach (var one in cases.Names.Where(name => args.Length == 1 || name.Contains(args[1], StringComparison.Ordinal)))
{
    var outcome = cases.Run(one);
    Console.WriteLine($"{outcome.Kind.ToString().ToLowerInvariant(),-11} {one}{(outcome.Reason.Length == 0 ? "" : $": {outcome.Reason}")}");
    var folder = one.Split('/')[0];
    var (passed, all) = counts.GetValueOrDefault(folder);
    counts[folder] = (passed + (outcome.Kind == OutcomeKind.Pass ? 1 : 0), all + 1);
}
Console.WriteLine(string.Join(", ", counts.Select(one => $"{one.Key} {one.Value.Passed} of {one.Value.All}")));
return 0;
