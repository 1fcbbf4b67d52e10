using BenchmarkDotNet.Attributes;

namespace SimpleFlow.Benchmarks;

/// <summary>Sums along rows and columns, the shapes of bias gradients and losses.</summary>
public class ReductionBenchmarks
{
    private GraphRun _rows = null!, _columns = null!, _all = null!, _largest = null!;

    [Params("200 × 10", "200 × 64", "256 × 1024", "4096 × 4096")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Compile()
    {
        var sizes = Shape.Split(" × ").Select(int.Parse).ToArray();
        var x = new Placeholder("x", [sizes[0], sizes[1]]);
        _rows = new GraphRun(x.Sum(axis: 1));
        _columns = new GraphRun(x.Sum(axis: 0));
        _all = new GraphRun(x.Mean());
        _largest = new GraphRun(x.Max(axis: 1));
    }

    [Benchmark]
    public void SumOfEachRow() => _rows.Run(1);

    [Benchmark]
    public void SumOfEachColumn() => _columns.Run(1);

    [Benchmark]
    public void MeanOfAll() => _all.Run(1);

    [Benchmark]
    public void LargestOfEachRow() => _largest.Run(1);
}
