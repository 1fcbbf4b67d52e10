using BenchmarkDotNet.Attributes;

namespace SimpleFlow.Benchmarks;

/// <summary>Rows of a table by index, and what the loader does for a batch: rows of bytes,
/// made into floats while they are copied.</summary>
public class GatherBenchmarks
{
    private const int Batch = 200, Rows = 60_000, Pixels = 784;
    private readonly float[] _batch = new float[Batch * Pixels];
    private readonly int[] _order = new int[Batch];
    private GraphRun _table = null!;
    private DataArray _bytes = null!, _floats = null!;

    [GlobalSetup]
    public void Prepare()
    {
        var random = new Random(5);
        foreach (ref var row in _order.AsSpan()) row = random.Next(Rows);
        var pixels = new byte[Rows * Pixels];
        random.NextBytes(pixels);
        _bytes = DataArray.Bytes(pixels, [Rows, Pixels], 1 / 255f);
        _floats = Tensors.Of(Array.ConvertAll(pixels, pixel => pixel / 255f), [Rows, Pixels]);
        _table = new GraphRun(new Placeholder("table", [10_000, Pixels]).Gather(new Placeholder("indices", [Batch], ElementType.Int32)));
    }

    [Benchmark]
    public void RowsOfBytesToFloats() => _bytes.GatherRows(_order, _batch);

    [Benchmark]
    public void RowsOfFloats() => _floats.GatherRows(_order, _batch);

    [Benchmark]
    public void GatherInAGraph() => _table.Run(1);
}
