using System.Text.Json;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Defaults;

/// <summary>The command <c>simpleflow train FILE.csv --target y</c>, in this process. Its seconds contain reading the file.</summary>
internal sealed class Tool : ILearner
{
    public string Name => "SimpleFlow";

    public (double Score, double Seconds) Run(Table table, ulong seed)
    {
        var path = Path.Combine(Path.GetTempPath(), $"simpleflow-defaults-{Environment.ProcessId}.csv");
        table.WriteCsv(path);
        try
        {
            RequireSameTest(table, path, seed);
            using var output = new StringWriter();
            using var error = new StringWriter();
            string[] command = ["train", path, "--target", Table.Target, "--seed", $"{seed}", "--json"];
            if (Cli.Tool.Run(command, output, error) != 0) throw new InvalidOperationException($"{table.Name}: {error}");
            using var end = JsonDocument.Parse(output.ToString().TrimEnd().Split('\n')[^1]);
            return (end.RootElement.GetProperty(Key(table.Measure)).GetDouble(), end.RootElement.GetProperty("seconds").GetDouble());
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static string Key(Measure measure) => measure switch
    {
        Measure.RSquared => "rSquared",
        Measure.Accuracy => "accuracy",
        _ => "auc",
    };

    // The tool chooses its rows itself. What is to be predicted, row by row, shows that they are those of the others.
    private static void RequireSameTest(Table table, string path, ulong seed)
    {
        var settings = new Cli.TableSettings(Table.Target, Task: null, new CsvOptions(), new ColumnChoices());
        using var silent = new ReadingReport(_ => { }, () => { }, Timeout.InfiniteTimeSpan);
        var test = TableSource.Load(path, settings, Table.TestShare, seed, silent, _ => { }, default);
        if (!Targets(test).SequenceEqual(table.Split(seed).Test.Select(row => table.Targets[row]), new AlmostEqual()))
            throw new InvalidOperationException($"{table.Name}: the tool tests with other rows than its peers.");
    }

    private static float[] Targets(LabelledData data)
    {
        var encoded = new float[data.Test.Rows];
        if (data.Output is NumberOutput output)
        {
            data.Test.Targets.CopyTo(encoded.AsSpan());
            return Array.ConvertAll(encoded, number => (float)output.Decode(number));
        }
        var classes = new int[data.Test.Rows];
        data.Test.Targets.CopyTo(classes.AsSpan());
        return Array.ConvertAll(classes, number => (float)number);
    }

    private sealed class AlmostEqual : IEqualityComparer<float>
    {
        public bool Equals(float x, float y) => Math.Abs(x - y) <= 1e-3f * (1 + Math.Abs(x));

        public int GetHashCode(float number) => 0;
    }
}
