using BenchmarkDotNet.Attributes;

namespace SimpleFlow.Benchmarks;

/// <summary>Chains of elementwise ops as tile programs, each as one step that reads and writes memory once;
/// and the same with a step for every op.</summary>
public class ElementwiseBenchmarks
{
    private GraphRun _biasRelu = null!, _biasReluAlone = null!, _adam = null!, _adamAlone = null!;

    /// <summary>The elements: in the first-level cache, in the second, in memory.</summary>
    [Params(1_024, 65_536, 4_194_304)]
    public int Count { get; set; }

    [GlobalSetup]
    public void Compile()
    {
        (_biasRelu, _biasReluAlone) = (new GraphRun(BiasRelu()), new GraphRun(BiasRelu(), 1, "Fuse"));
        (_adam, _adamAlone) = (new GraphRun(AdamLike()), new GraphRun(AdamLike(), 1, "Fuse"));
    }

    [Benchmark]
    public void BiasAndRelu() => _biasRelu.Run(1);

    [Benchmark]
    public void BiasAndReluUnfused() => _biasReluAlone.Run(1);

    [Benchmark]
    public void Adam() => _adam.Run(1);

    [Benchmark]
    public void AdamUnfused() => _adamAlone.Run(1);

    private Node BiasRelu() => (new Placeholder("x", [Count / 64, 64]) + new Placeholder("b", [64])).Relu();

    private Node AdamLike()
    {
        Node w = new Placeholder("w", [Count]), g = new Placeholder("g", [Count]), mean = new Placeholder("m", [Count]),
            square = new Placeholder("v", [Count]);
        var nextMean = 0.9f * mean + 0.1f * g;
        var nextSquare = 0.999f * square.Abs() + 0.001f * (g * g);
        return w - 0.001f * nextMean / (nextSquare.Sqrt() + 1e-8f);
    }
}
