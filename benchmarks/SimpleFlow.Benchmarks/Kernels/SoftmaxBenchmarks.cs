using BenchmarkDotNet.Attributes;

namespace SimpleFlow.Benchmarks;

/// <summary>Softmax and its logarithm along rows.</summary>
public class SoftmaxBenchmarks
{
    private GraphRun _softmax = null!, _logarithm = null!;

    [Params("200 × 10", "200 × 1000", "32 × 32000")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Compile()
    {
        var sizes = Shape.Split(" × ").Select(int.Parse).ToArray();
        var x = new Placeholder("x", [sizes[0], sizes[1]]);
        (_softmax, _logarithm) = (new GraphRun(x.Softmax()), new GraphRun(x.LogSoftmax()));
    }

    [Benchmark]
    public void Softmax() => _softmax.Run(1);

    [Benchmark]
    public void LogSoftmax() => _logarithm.Run(1);
}
