using SharpFuzz;
using SimpleFlow.Fuzz;

const string Usage = """
    corpus                          writes the files that fuzzers start from
    mutate [TARGET] [COUNT] [SEED] [why]
                                    changes them at random, and says what came of it
    fuzz TARGET                     runs one reader for libFuzzer (see README.md)
    """;

switch (args)
{
    case ["corpus"]:
        Corpus.Write();
        return 0;
    case ["mutate", .. var rest]:
        return Mutate(rest);
    case ["fuzz", var name] when FuzzTarget.All.FirstOrDefault(target => target.Name == name) is { } target:
        Fuzz(target);
        return 0;
    default:
        Console.Error.WriteLine($"{Usage}\nTARGET is one of {string.Join(", ", FuzzTarget.All.Select(target => target.Name))}.");
        return 2;
}

static int Mutate(string[] rest)
{
    var targets = rest.Length == 0 || rest[0] == "all" ? FuzzTarget.All : [.. FuzzTarget.All.Where(target => target.Name == rest[0])];
    var count = rest.Length > 1 ? int.Parse(rest[1]) : 4000;
    var seed = rest.Length > 2 ? int.Parse(rest[2]) : 1;
    var failures = 0;
    var explain = rest.Contains("why");
    foreach (var target in targets)
    {
        var path = Path.Combine(Directory.CreateTempSubdirectory("simpleflow-fuzz-").FullName, $"file{target.Ending}");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var run = MutationRun.Of(target, count, seed, path, (bytes, error) =>
        {
            // One file for each place that an error comes from.
            failures++;
            var place = error.InnerException?.StackTrace?.Split('\n')[0] ?? "memory";
            if (seen.Add(place))
                Console.WriteLine($"{error.Message}\n{place}\n  kept as {Corpus.Keep(target, bytes, seed * 100 + seen.Count)}");
        });
        Console.WriteLine(run);
        foreach (var (reason, files) in run.Reasons.OrderByDescending(one => one.Value).Take(explain ? int.MaxValue : 0))
            Console.WriteLine($"  {files,6:N0}  {reason.ReplaceLineEndings(" ")}");
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }
    return failures == 0 ? 0 : 1;
}

static void Fuzz(FuzzTarget target)
{
    var path = Path.Combine(Directory.CreateTempSubdirectory("simpleflow-fuzz-").FullName, $"file{target.Ending}");
    Fuzzer.LibFuzzer.Run(bytes => target.Run(bytes.ToArray(), path));
}
