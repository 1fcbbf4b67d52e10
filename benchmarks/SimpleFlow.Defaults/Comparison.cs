using System.Globalization;
using Microsoft.ML;

namespace SimpleFlow.Defaults;

/// <summary>
/// Every table, learned by every learner in turns: the same rows to learn from and the same to test with. The figures are medians over
/// seeds, which choose the rows and, for tables that are made up, the numbers.
/// </summary>
internal static class Comparison
{
    private const string Usage =
        "[--only NAME] [--seeds N] [--into FILE.md]: tables whose name contains NAME; seeds for each; into a page, between its marks.";
    private const string Begin = "<!-- table -->", End = "<!-- end of table -->";

    private static readonly ILearner[] Learners =
    [
        new Tool(),
        new MlNet("LightGBM",
            context => context.Regression.Trainers.LightGbm(),
            context => context.BinaryClassification.Trainers.LightGbm(),
            context => context.MulticlassClassification.Trainers.LightGbm()),
        // FastTree tells two classes apart: of more, each from all others.
        new MlNet("FastTree",
            context => context.Regression.Trainers.FastTree(),
            context => context.BinaryClassification.Trainers.FastTree(),
            context => context.MulticlassClassification.Trainers.OneVersusAll(context.BinaryClassification.Trainers.FastTree())),
    ];

    private static readonly (string Name, Func<int, Table> Make)[] Tables =
    [
        ("Friedman 1", Friedman.First), ("Friedman 2", Friedman.Second), ("Friedman 3", Friedman.Third),
        ("two moons", TwoClasses.Moons), ("nested XOR", TwoClasses.NestedXor),
        ("machine failures", Machines.Make), ("iris", _ => Shipped.Iris()), ("MNIST", _ => Shipped.Mnist()),
    ];

    public static int Run(string[] args)
    {
        if (args.Length % 2 != 0 || args.Where((_, index) => index % 2 == 0).Any(name => name is not ("--only" or "--seeds" or "--into")))
        {
            Console.Error.WriteLine(Usage);
            return 2;
        }
        var only = Option("--only") ?? "";
        var seeds = Option("--seeds") is { } count ? int.Parse(count, CultureInfo.InvariantCulture) : (int?)null;
        string[] names = [.. Learners.Select(learner => learner.Name)];
        List<string> lines =
        [
            Row(["table", "rows", "measure", "at best", .. names, .. names.Select(name => $"{name}, s")]),
            Row(Enumerable.Repeat("---", 4 + 2 * names.Length)),
        ];
        lines.ForEach(Console.WriteLine);
        foreach (var (name, make) in Tables.Where(one => one.Name.Contains(only, StringComparison.OrdinalIgnoreCase)))
        {
            lines.Add(Line(make, seeds));
            Console.WriteLine(lines[^1]);
        }
        if (Option("--into") is { } page) Write(page, lines);
        return 0;

        string? Option(string name) => Array.IndexOf(args, name) is >= 0 and var at ? args[at + 1] : null;
    }

    private static string Line(Func<int, Table> make, int? seeds)
    {
        var results = Learners.Select(_ => new List<(double Score, double Seconds)>()).ToArray();
        var ceilings = new List<double>();
        var table = make(1);
        for (var seed = 1; seed <= (seeds ?? table.Seeds); seed++)
        {
            if (seed > 1) table = make(seed);
            if (table.Ceiling is { } ceiling) ceilings.Add(ceiling);
            for (var i = 0; i < Learners.Length; i++) results[i].Add(Learners[i].Run(table, (ulong)seed));
        }
        var measure = table.Measure switch { Measure.RSquared => "R²", Measure.Accuracy => "accuracy", _ => "AUC" };
        return Row(
        [
            table.Name, $"{table.Inputs.Length:N0} × {table.Inputs[0].Length}", measure,
            ceilings.Count > 0 ? Text(Median(ceilings), table.Measure) : "",
            .. results.Select(runs => Text(Median(runs.Select(run => run.Score)), table.Measure)),
            .. results.Select(runs => $"{Median(runs.Select(run => run.Seconds)):F1}"),
        ]);
    }

    private static string Row(IEnumerable<string> cells) => $"| {string.Join(" | ", cells)} |";

    private static string Text(double score, Measure measure) => measure == Measure.Accuracy ? $"{100 * score:F1} %" : $"{score:F4}";

    private static double Median(IEnumerable<double> numbers)
    {
        double[] sorted = [.. numbers.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    private static void Write(string page, IReadOnlyList<string> lines)
    {
        var text = File.ReadAllText(page);
        var (begin, end) = (text.IndexOf(Begin, StringComparison.Ordinal), text.IndexOf(End, StringComparison.Ordinal));
        if (begin < 0 || end < begin) throw new InvalidOperationException($"{page} has no {Begin} before an {End}.");
        File.WriteAllText(page, $"{text[..(begin + Begin.Length)]}\n{string.Join('\n', lines)}\n{text[end..]}");
    }
}
