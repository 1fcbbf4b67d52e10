namespace SimpleFlow.Cli.Sources;

/// <summary>Says which classes have too few rows to train on, or to test on.</summary>
internal static class RareClasses
{
    private const int Fewest = 10, MostSentences = 5;

    /// <summary>A sentence for each of the rarest classes.</summary>
    /// <param name="classes">Their names.</param>
    /// <param name="numbers">The class of each row.</param>
    /// <param name="test">The rows to test on.</param>
    public static IEnumerable<string> Sentences(IReadOnlyList<string> classes, int[] numbers, int[] test)
    {
        var (all, tested) = (new int[classes.Count], new int[classes.Count]);
        foreach (var number in numbers) all[number]++;
        foreach (var row in test) tested[numbers[row]]++;
        int[] rare = [.. Enumerable.Range(0, classes.Count).Where(one => all[one] < Fewest).OrderBy(one => all[one])];
        foreach (var one in rare.Take(MostSentences)) yield return Sentence(classes[one], all[one], tested[one]);
        if (rare.Length > MostSentences)
            yield return $"{NumberText.Count(rare.Length - MostSentences, "more class", "more classes")} with fewer than {Fewest} rows: "
                + "too few to train on or to test on";
    }

    private static string Sentence(string name, int rows, int test) =>
        $"class '{name}' has {NumberText.Count(rows, "row")}: " + (rows == 1
            ? "the network trains on it, and none is left to test on"
            : $"{rows - test:N0} to train on, {(test == 0 ? "none" : $"{test:N0}")} to test on, too few to learn the class or to say "
                + "how well it is learned");
}
