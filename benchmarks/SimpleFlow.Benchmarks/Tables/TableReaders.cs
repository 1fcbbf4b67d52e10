using System.Diagnostics;
using System.Globalization;
using nietras.SeparatedValues;
using Sylvan.Data.Csv;

namespace SimpleFlow.Benchmarks;

/// <summary>Tables of 500,000 rows and 21 columns of numbers, from their files to numbers: SimpleFlow beside Sep and Sylvan.Data.Csv in
/// turns, in processor seconds.</summary>
internal static class TableReaders
{
    private const int Rows = 500_000, Columns = 21, Rounds = 7, BufferSize = 1 << 16;
    private const string Ours = "SimpleFlow: read all as doubles";

    public static void Run()
    {
        Run("five decimals", "F5");
        Run("all digits of a double", "R");
    }

    private static void Run(string numbers, string format)
    {
        var path = Path.Combine(Path.GetTempPath(), "simpleflow-table.csv");
        Write(path, format);
        var size = new FileInfo(path).Length;
        Console.WriteLine($"{Rows:N0} rows of {Columns} numbers with {numbers}, {size:N0} bytes; processor seconds of {Rounds} rounds");
        var times = new Dictionary<string, List<double>>(StringComparer.Ordinal);
        var allocated = new Dictionary<string, long>(StringComparer.Ordinal);
        try
        {
            for (var round = 0; round < Rounds; round++)
            {
                CsvTable table = null!;
                Measure(Ours, () => (table = CsvTable.Read(path)).ReadCells(Enumerable.Range(0, Columns), CancellationToken.None));
                Measure("Sep: read all as doubles", () => WithSep(path));
                Measure("Sylvan: read all as doubles", () => WithSylvan(path));
                TableInput input = null!;
                Measure("SimpleFlow: what the columns hold", () => input = TableInput.Of(table, "y", out _));
                Measure("SimpleFlow: standardise and encode", () => input.StandardisedBy(table).Encode(table));
            }
        }
        finally
        {
            File.Delete(path);
        }
        foreach (var (name, seconds) in times)
        {
            var isOther = name.EndsWith("doubles", StringComparison.Ordinal) && name != Ours;
            var ratio = isOther ? $"; ours takes {Median([.. times[Ours].Zip(seconds, (a, b) => a / b)]):F2} × as long" : "";
            var memory = allocated[name] / (double)size;
            Console.WriteLine($"  {name,-36} first {seconds[0]:F2}, median {Median(seconds):F2}, {memory:F2} × the file allocated{ratio}");
        }

        void Measure(string name, Action action)
        {
            GC.Collect();
            var process = Process.GetCurrentProcess();
            var (before, bytes) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
            action();
            process.Refresh();
            if (!times.TryGetValue(name, out var seconds)) times[name] = seconds = [];
            seconds.Add((process.TotalProcessorTime - before).TotalSeconds);
            allocated[name] = GC.GetTotalAllocatedBytes(precise: true) - bytes;
        }
    }

    private static double Median(List<double> numbers) => numbers.Order().ElementAt(numbers.Count / 2);

    private static void WithSep(string path)
    {
        using var reader = Sep.Reader().FromFile(path);
        var sum = 0.0;
        foreach (var row in reader)
        {
            for (var i = 0; i < Columns; i++) sum += row[i].Parse<double>();
        }
        GC.KeepAlive(sum);
    }

    private static void WithSylvan(string path)
    {
        using var reader = CsvDataReader.Create(path, new CsvDataReaderOptions { BufferSize = BufferSize });
        var sum = 0.0;
        while (reader.Read())
        {
            for (var i = 0; i < Columns; i++) sum += reader.GetDouble(i);
        }
        GC.KeepAlive(sum);
    }

    private static void Write(string path, string format)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(path);
        writer.WriteLine(string.Join(',', Enumerable.Range(0, Columns - 1).Select(i => $"x{i}")) + ",y");
        for (var row = 0; row < Rows; row++)
        {
            var cells = Enumerable.Range(0, Columns)
                .Select(_ => (random.NextDouble() * 8 - 4).ToString(format, CultureInfo.InvariantCulture));
            writer.WriteLine(string.Join(',', cells));
        }
    }
}
