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

    /// <summary>With its gradients, compiled with all passes and plainly, and each step between guarded pages.</summary>
    [Fact]
    public void What_a_rule_of_the_compiler_makes_of_a_graph_means_the_same()
    {
        foreach (var sample in RuleSamples.All)
        {
            var output = sample.Output.ElementType == ElementType.Float32 ? sample.Output : sample.Output.Cast();
            Check.Compiled([sample.Output, .. Gradients.Of(output, sample.Floats)], sample.Feeds.First());
            GuardedStepTests.Run(sample);
        }
    }

    /// <summary>Counted where plans are bound: what runs counts nothing.</summary>
    [Fact]
    public void Every_way_is_taken()
    {
        var (bySamples, byGraphs) = (new PathCounts(), new PathCounts());
        List<Sample> samples = [.. PathSamples.All.Values.Select(sample => sample.Graph), .. RuleSamples.All,
            .. OpSamples.All.Values.Where(sample => sample.Name.StartsWith("Scan ", StringComparison.Ordinal))];
        foreach (var sample in samples)
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
        var (ranks, fed) = StepOfARank();
        Add(byGraphs, ranks, fed);
        output.WriteLine($"By {Graphs} random graphs:\n{byGraphs}\nBy {samples.Count} samples:\n{bySamples}");
        byGraphs.Add(bySamples);
        var never = string.Join(", ", PathCounts.All.Where(path => byGraphs[path] == 0));
        Assert.True(never.Length == 0, $"Never taken: {never}.");
    }

    /// <summary>The training step of one rank of a cluster: some of its kernels are in no graph of one process.</summary>
    private static (Node[] Outputs, Dictionary<Placeholder, Shape> Fed) StepOfARank() => LocalCluster.OnEachRank(1, cluster =>
    {
        var (x, y) = (new Placeholder("x", [null, 2]), new Placeholder("y", [null, 2]));
        var squares = (Layers.BatchNorm(Layers.Dense(x, 2)) - y).Power(2);
        var model = new Model(squares.Mean() + squares.Max(), optimizer: new Adam());
        var step = new AcrossRanks(cluster).Of(model.Graph, model.TrainingSteps.Trained, new HashSet<Variable>(), isSynchronised: true);
        return ((Node[])[.. step.Watched, .. step.Gradients], new Dictionary<Placeholder, Shape> { [x] = [4, 2], [y] = [4, 2] });
    })[0];

    private static void Add(PathCounts counts, Node[] outputs, Dictionary<Placeholder, Shape> shapes)
    {
        var plan = Compiler.Compile(outputs, shapes, Reading.OneThread);
        counts.Add(plan);
        counts.AddRules(outputs, shapes);
        // The same kernels run in one part or in several.
        foreach (var kernel in new Executable(plan, new StepClock()).Kernels)
        {
            foreach (var parts in (int[])[1, 3]) counts.Add(kernel, parts);
        }
    }
}
