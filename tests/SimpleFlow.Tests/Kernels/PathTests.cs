using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;
using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Kernels;

/// <summary>Fast ways are taken on conditions. Each has samples on both sides of it, forwards and backwards, between guarded pages;
/// and random graphs, with the samples, take every one.</summary>
[Trait("Promise", "4")]
public class PathTests(ITestOutputHelper output)
{
    private const int Graphs = 150;

    public static TheoryData<string> Names => [.. PathSamples.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_sample_takes_the_way_it_is_for(string name)
    {
        var counts = new PathCounts();
        GuardedStepTests.Run(PathSamples.All[name].Graph, counts);
        foreach (var path in PathSamples.All[name].Takes) Assert.True(counts[path] > 0, $"{path} was not taken, but\n{counts}");
    }

    /// <summary>Counted where plans are bound: what runs counts nothing.</summary>
    [Fact]
    public void Every_way_is_taken()
    {
        var (bySamples, byGraphs) = (new PathCounts(), new PathCounts());
        foreach (var sample in PathSamples.All.Values.Select(sample => sample.Graph).Concat(Simplified()))
        {
            var shapes = sample.Feeds.First().ToDictionary(fed => fed.Key, fed => fed.Value.Shape);
            Add(bySamples, [sample.Output, .. Gradients.Of(sample.Output, sample.Floats)], shapes);
        }
        for (var seed = 0; seed < Graphs; seed++)
        {
            var graph = new RandomGraph(seed, windows: seed % 2 == 0);
            var shapes = graph.Fed.ToDictionary(fed => fed.Key, fed => fed.Value.Shape);
            Add(byGraphs, graph.Outputs, shapes);
            if (graph.TrainingStep() is { } step) Add(byGraphs, step, shapes);
        }
        output.WriteLine($"By {Graphs} random graphs:\n{byGraphs}\nBy {PathSamples.All.Count} samples:\n{bySamples}");
        byGraphs.Add(bySamples);
        var never = string.Join(", ", PathCounts.All.Where(path => byGraphs[path] == 0));
        Assert.True(never.Length == 0, $"Never taken: {never}.");
    }

    private static void Add(PathCounts counts, Node[] outputs, Dictionary<Placeholder, Shape> shapes)
    {
        var plan = Compiler.Compile(outputs, shapes, Reading.OneThread);
        counts.Add(plan);
        counts.AddRules(outputs, shapes);
        foreach (var kernel in new Executable(plan, new StepClock()).Kernels) counts.Add(kernel);
    }

    /// <summary>Graphs with something to leave out, and what is nearly that.</summary>
    private static IEnumerable<Sample> Simplified()
    {
        Func<Node, Node>[] builds =
            [
            x => x + -0f, x => -0f + x, x => x + 0f, x => 0f + x, x => x - 0f, x => x * 1f, x => 1f * x, x => x / 1f, x => x.Power(1),
            x => x.Dropout(0), x => x.Cast(), x => x.StopGradient() * x, x => x.Slice(0, 0), x => x.Pad(0, 0, 0),
            x => x.Transpose([0, 1]), x => x.Reshape([2, 3]), x => x.Reshape([6]).Reshape([3, 2]), x => x.Broadcast([2, 3]),
            x => Flow.Concat(0, [x]), x => Flow.Concat(0, [Flow.Concat(0, [x, x]), x]),
            x => x.Reshape([1, 2, 3]).Sum(axis: 0), x => x.Reshape([1, 2, 3]).Mean(axis: 0), x => x.Reshape([1, 2, 3]).Max(axis: 0),
            x => x.Reshape([1, 2, 3]).MatMul(x, transposeRight: true), x => x.Pad(0, 0, 2) + x.Pad(0, 2, 0),
            x => x.Sum() + ((Node)0f).Broadcast([2, 3]), x => x.Pad(0, 0, 1) + x.Pad(0, 1, 0), x => x.ArgMax(0).Cast() * x.Sum(axis: 0),
            x => x.RandomUniform() * x, x => x.RandomNormal() + x, x => x.RandomMask(0.5f) * x,
            x => x.Dropout(0.5f), x => x.Gather(new Constant([1.0, 0], [2], ElementType.Int32)), x => x.ArgMax(1).OneHot(3) * x,
            x => Flow.AddFlow(x.ArgMax(1), new CheckClasses(x, null)).OneHot(3) * x, x => x.Transpose().Transpose([1, 0]), x => -(-x),
            x => Gradients.Of(x.Reshape([1, 1, 2, 3]).MaxPool2D(2, 1).Power(2).Sum(), x)[0],
            x => x.Reshape([1, 1, 2, 3]).AveragePool2D(2, 1).Power(2),
            x => x * ((Node)2f + 1f), x => x.Sum() * new Constant("largest", new float[4096]).Exp().Sum(),
            x => x.Sum() * new Constant("too large", new float[4097]).Exp().Sum(),
            x => x.Exp() + x.Exp(), x => 1f / x.Clip(-0f, 5) + 1f / x.Clip(0, 5), x => x + ((Node)3f).Broadcast([2, 3]),
            x => x + x.Sum(axis: 0).Broadcast([4, 2, 3]),
            x => Flow.AddFlow(x.Sum(), new Guard([((Node)2f).Broadcast([2, 3]), x])).Cast().Sum() * x,
        ];
        return builds.Select((build, i) => new Sample($"simplified {i}", [Input.Any([2, 3])], x => build(x[0])));
    }
}
