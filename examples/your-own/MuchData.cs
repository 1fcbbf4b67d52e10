using System.Runtime.InteropServices;
using System.Text;
using SimpleFlow;

namespace YourOwn;

/// <summary>
/// More data than memory. This project may use 100 MB (see YourOwn.csproj), and trains on a file of 240 MB, whose rows are read in random
/// order where they lie, and then on a million examples from a sequence, of which two windows are in memory at a time.
/// </summary>
internal static class MuchData
{
    private const int Rows = 1_000_000, Width = 60;

    public static void Run()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.npy");
        try
        {
            var weights = Enumerable.Range(0, Width).Select(i => MathF.Sin(i)).ToArray();
            var sums = Write(path, weights);
            Console.WriteLine($"  memory: {limit / 1e6:F0} MB, file: {new FileInfo(path).Length / 1e6:F0} MB");
            if (limit >= new FileInfo(path).Length) throw new InvalidOperationException("The file would fit into memory.");

            var (x, y, model) = Made();
            var history = model.Fit(new Dataset { [x] = NpyFile.Open(path), [y] = sums }, epochs: 1, batchSize: 1_000);
            Console.WriteLine($"  after one epoch over the file: {model.Losses[0].Value:E1} (mean of the epoch {history.Last.Loss:F2})");

            // The same rows one after the other, as from a database: shuffled within windows of 20,000.
            (x, y, var other) = Made();
            using var stream = new RowStream<float[]>(Examples(weights), Rows, window: 20_000);
            other.Fit(new Dataset
            {
                [x] = stream.Rows([Width], (example, row) => example.AsSpan(0, Width).CopyTo(row)),
                [y] = stream.Rows([1], (example, row) => row[0] = example[Width]),
            }, epochs: 1, batchSize: 1_000);
            Console.WriteLine($"  after one epoch over the sequence: {other.Losses[0].Value:E1}");
            if (model.Losses[0].Value > 0.01f || other.Losses[0].Value > 0.01f)
                throw new InvalidOperationException("Nothing was learned.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static (Placeholder X, Placeholder Y, Model Model) Made()
    {
        var x = new Placeholder("x", [null, Width]);
        var y = new Placeholder("y", [null, 1]);
        var prediction = Layers.Dense(x, 1, name: "sum");
        return (x, y, new Model(Losses.MeanSquaredError(prediction, y), prediction, new Adam(0.02f), seed: 1));
    }

    private static IEnumerable<float[]> Examples(float[] weights)
    {
        var random = new Random(1);
        for (var row = 0; row < Rows; row++)
        {
            var example = new float[Width + 1];
            for (var i = 0; i < Width; i++)
            {
                example[i] = random.NextSingle() * 2 - 1;
                example[Width] += example[i] * weights[i];
            }
            yield return example;
        }
    }

    // NumPy's format: a line that says what follows, and the numbers.
    private static DataArray Write(string path, float[] weights)
    {
        using var file = File.Create(path);
        var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Rows}, {Width}), }}".PadRight(117) + "\n";
        file.Write([0x93, .. "NUMPY"u8, 1, 0, (byte)header.Length, 0]);
        file.Write(Encoding.ASCII.GetBytes(header));
        var sums = new float[Rows];
        foreach (var (row, example) in Examples(weights).Index())
        {
            sums[row] = example[Width];
            file.Write(MemoryMarshal.AsBytes(example.AsSpan(0, Width)));
        }
        return DataArray.From(sums).Reshape(Rows, 1);
    }
}
