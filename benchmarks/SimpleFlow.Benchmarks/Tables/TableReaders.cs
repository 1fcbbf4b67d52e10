using System.Diagnostics;
using System.Globalization;
using nietras.SeparatedValues;
using Sylvan.Data.Csv;

namespace SimpleFlow.Benchmarks;

/// <summary>A table of 500,000 rows and 21 columns of numbers, from its file to numbers:
/// SimpleFlow beside Sep and Sylvan.Data.Csv, in processor seconds.</summary>
internal static class TableReaders
{
    private const int Rows = 500_000, Columns = 21, Rounds = 5, BufferSize = 1 << 16;

    public static void Run()
    {
        var path = Path.Combine(Path.GetTempPath(), "simpleflow-table.csv");
        Write(path);
        try
        {
            for (var round = 1; round <= Rounds; round++)
            {
                Console.WriteLine(
                    $"round {round}{(round == 1 ? ", in which .NET compiles too" : "")}: {new FileInfo(path).Length:N0} bytes");
                CsvTable table = null!;
                Measure("SimpleFlow: read and check", path, () => table = CsvTable.Read(path));
                TableInput input = null!;
                Measure("SimpleFlow: what the columns hold", path, () => input = TableInput.Of(table, "y", out _));
                Measure("SimpleFlow: standardise and encode", path, () => input.StandardisedBy(table).Encode(table));
                Measure("Sep: read all as doubles", path, () => WithSep(path));
                Measure("Sylvan: read all as doubles", path, () => WithSylvan(path));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

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

    private static void Measure(string name, string path, Action action)
    {
        GC.Collect();
        var process = Process.GetCurrentProcess();
        var (before, bytes) = (process.TotalProcessorTime, GC.GetTotalAllocatedBytes(precise: true));
        action();
        process.Refresh();
        var (seconds, size) = ((process.TotalProcessorTime - before).TotalSeconds, new FileInfo(path).Length);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {name,-36} {seconds:F2} s of processor, {(GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)size:F2} × the file allocated"));
    }

    private static void Write(string path)
    {
        var random = new Random(1);
        using var writer = new StreamWriter(path);
        writer.WriteLine(string.Join(',', Enumerable.Range(0, Columns - 1).Select(i => $"x{i}")) + ",y");
        for (var row = 0; row < Rows; row++)
            writer.WriteLine(string.Join(',',
                Enumerable.Range(0, Columns).Select(_ => (random.NextDouble() * 8 - 4).ToString("F5", CultureInfo.InvariantCulture))));
    }
}
