using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

/// <summary>The compiled reading of a graph means what the plain one means, however it is compiled.</summary>
[Trait("Promise", "3")]
public class RandomGraphTests(ITestOutputHelper output)
{
    private const int Graphs = 400;
    private const int Differentiated = 240;
    private const int OfWindows = 160;
    private const int Groups = 8;
    private const int Many = 4000;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Groups)];

    private static readonly CompilerOptions Split = new() { Threads = 1, CostWorthSplitting = 0 };

    /// <summary>
    /// Ways to compile that leave every rounding where it was. Fusion on and off, memory reused and not come up for every graph;
    /// 1, 2 and 4 threads take turns, so that all twelve combinations are seen by a third of the graphs.
    /// </summary>
    private static IEnumerable<(string Name, CompilerOptions Options)> SameArithmetic(int seed)
    {
        for (var way = 0; way < 4; way++)
        {
            var (threads, reuse, fuse) = (1 << (seed + way) % 3, way % 2 == 0, way < 2);
            yield return ($"{threads} threads, memory {(reuse ? "reused" : "kept")}, {(fuse ? "fused" : "not fused")}",
                Split with { Threads = threads, ReuseMemory = reuse, Without = fuse ? [] : ["Fuse"] });
        }
        yield return ("no merging", Split with { Without = ["Merge"] });
        yield return ("no dropping", Split with { Without = ["Drop"] });
    }

    // Folding computes in float64 what kernels compute in float32, and simplifying gives it more to fold:
    // this family is compared with folding off.
    private static readonly (string Name, CompilerOptions Options)[] SameWithoutFolding =
        [
        ("no folding or simplifying", Split with { Without = ["Fold", "Simplify"] }),
        ("nothing optional", Split with { ReuseMemory = false, Without = ["Fold", "Simplify", "Merge", "Fuse", "Drop"] }),
    ];

    [Theory, MemberData(nameof(Seeds))]
    public void The_compiled_reading_is_the_plain_one(int group) =>
        ForSeeds(group, 0, graph => new Reading(graph.Outputs, graph.Fed, graph.Step));

    [Theory, MemberData(nameof(Seeds))]
    public void And_so_are_gradients(int group) => ForSeeds(group, 100_000, graph =>
    {
        if (graph.Loss is not { } loss) return null;
        var targets = graph.DerivativeTargets;
        return new Reading([loss, .. Gradients.Of(loss, targets).Where(gradient => gradient is Operation)], graph.Fed, graph.Step);
    }, Differentiated);

    [Theory, MemberData(nameof(Seeds))]
    public void And_so_are_whole_steps_of_training(int group) =>
        ForSeeds(group, 200_000, graph => graph.TrainingStep() is { } step ? new Reading(step, graph.Fed, graph.Step) : null,
            Differentiated);

    /// <summary>Windows of every kind over images of unusual sizes, forwards and backwards.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void And_so_are_windows_of_every_kind(int group) => ForSeeds(
        group, 300_000,
        graph =>
            graph.Loss is { } loss
                ? new Reading([.. graph.Outputs, loss,
                    .. Gradients.Of(loss, graph.DerivativeTargets).Where(gradient => gradient is Operation)], graph.Fed, graph.Step) : null,
        OfWindows, windows: true);

    /// <summary>Thousands, by hand: <c>-explicit only -method "*.Many_more_graphs"</c>.</summary>
    [Theory(Explicit = true), MemberData(nameof(Seeds))]
    public void Many_more_graphs(int group)
    {
        ForSeeds(group, 1_000_000, graph => new Reading(graph.Outputs, graph.Fed, graph.Step), Many);
        ForSeeds(group, 2_000_000, graph => graph.TrainingStep() is { } step ? new Reading(step, graph.Fed, graph.Step) : null, Many);
        ForSeeds(group, 3_000_000, graph => new Reading(graph.Outputs, graph.Fed, graph.Step), Many, windows: true);
    }

    [Fact]
    public void Every_op_is_drawn()
    {
        var drawn = Enumerable.Range(0, Graphs / 2)
            .Select(seed => GraphOrder.Of(new RandomGraph(seed).Outputs).OfType<Operation>().Select(node => node.Op.GetType()).ToList())
            .ToList();
        var times = drawn.SelectMany(ops => ops.Distinct()).CountBy(op => op).ToDictionary();
        output.WriteLine(
            $"{drawn.Count} graphs, {drawn.Sum(ops => ops.Count)} operations of {times.Count} kinds; drawn least: "
                + $"{string.Join(", ", times.OrderBy(op => op.Value).Take(5).Select(op => $"{op.Key.Name} in {op.Value}"))}.");
        var missing = typeof(Op).Assembly.GetTypes()
            .Where(type => type.IsSubclassOf(typeof(Op)) && type is { IsAbstract: false, IsPublic: true }).Except(times.Keys)
            // Derivatives and means of unknown sizes make the first two themselves; the catalogue samples all three at every rank.
            .Except([typeof(CountElements), typeof(ReshapeLike), typeof(ToIndices)]);
        Assert.Empty(missing.Select(op => op.Name));
    }

    /// <summary>The same graph at another batch, empty or of one row: both readings agree on
    /// the values, or both refuse the shapes.</summary>
    [Theory, MemberData(nameof(Seeds))]
    public void At_any_other_batch_too(int group)
    {
        var (read, refused) = (0, 0);
        for (var seed = group * 15; seed < (group + 1) * 15; seed++)
        {
            var graph = new RandomGraph(seed);
            foreach (var batch in new[] { 0, 1, 3 })
            {
                var reading = new Reading(graph.Outputs, graph.WithBatch(batch), graph.Step);
                Dictionary<Node, PlainTensor> plain;
                try
                {
                    plain = reading.Plain();
                }
                catch (ShapeException)
                {
                    Assert.Throws<ShapeException>(() => reading.Compile(Split));
                    refused++;
                    continue;
                }
                catch (DataException)
                {
                    // A table of as many entries as there are rows may be too short now.
                    Assert.Throws<DataException>(() => reading.Compiled(Split));
                    refused++;
                    continue;
                }
                // Numbers that ran away at this batch have no bound; everything else must agree.
                var compiled = reading.Compiled(Split);
                var radii = ErrorBounds.Of(plain, reading.Outputs);
                for (var output = 0; output < compiled.Length; output++)
                {
                    var node = reading.Outputs[output];
                    Assert.Equal(plain[node].Count, compiled[output].Length);
                    for (var i = 0; i < compiled[output].Length; i++)
                    {
                        var (expected, radius) = (plain[node].Elements[i], radii[node][i]);
                        if (double.IsFinite(expected) && double.IsFinite(radius) && !(Math.Abs(compiled[output][i] - expected) <= radius))
                            Assert.Fail(
                                $"Seed {seed}, batch {batch}, output {output}, element {i}: {compiled[output][i]:R} instead of "
                                    + $"{expected:R} ± {radius:G3}.\n{RandomGraph.Describe(node)}");
                    }
                }
                read++;
            }
        }
        Assert.True(read > refused, $"{refused} of {read + refused} were refused.");
    }

    private void ForSeeds(int group, int first, Func<RandomGraph, Reading?> reading, int graphs = Graphs, bool windows = false)
    {
        var (read, elements, unbounded) = (0, 0L, 0L);
        for (var seed = first + group * (graphs / Groups); seed < first + (group + 1) * (graphs / Groups); seed++)
        {
            var graph = new RandomGraph(seed, windows);
            if (reading(graph) is not { } whole) continue;
            try
            {
                var (seen, open) = Check(whole, SameArithmetic(seed));
                (read, elements, unbounded) = (read + 1, elements + seen, unbounded + open);
            }
            catch (Exception failure)
            {
                Assert.Fail(Report(seed, whole, failure));
            }
        }
        output.WriteLine($"{read} graphs, {elements} elements compared, {unbounded} of them without a bound.");
        // The bound is worth something: most numbers have a finite one. Of updates fewer do, as a
        // quotient by a root of what may be 0 has none.
        Assert.True(unbounded < elements / 8, $"{unbounded} of {elements} elements have no bound.");
    }

    private static (long Elements, long Unbounded) Check(Reading reading, IEnumerable<(string Name, CompilerOptions Options)> ways)
    {
        var plain = reading.Plain();
        var radii = ErrorBounds.Of(plain, reading.Outputs);
        var compiled = reading.Compiled(Split);
        var unbounded = 0L;
        for (var output = 0; output < compiled.Length; output++)
        {
            var node = reading.Outputs[output];
            Assert.Equal(plain[node].Count, compiled[output].Length);
            for (var i = 0; i < compiled[output].Length; i++)
            {
                var (expected, radius) = (plain[node].Elements[i], radii[node][i]);
                if (double.IsInfinity(radius)) unbounded++;
                else if (!(Math.Abs(compiled[output][i] - expected) <= radius))
                    Assert.Fail($"Output {output}, element {i}: {compiled[output][i]:R} instead of {expected:R} ± {radius:G3}.");
            }
        }
        foreach (var (name, options) in ways) Reading.AssertSame(compiled, reading.Compiled(options), name);
        var unfolded = reading.Compiled(Split with { Without = ["Fold"] });
        foreach (var (name, options) in SameWithoutFolding) Reading.AssertSame(unfolded, reading.Compiled(options), name);
        return (compiled.Sum(output => (long)output.Length), unbounded);
    }

    /// <summary>The seed, and the smallest part of the graph that still fails: the first node in order that
    /// is wrong when it is asked for alone.</summary>
    private static string Report(int seed, Reading whole, Exception failure)
    {
        foreach (var node in GraphOrder.Of(whole.Outputs).OfType<Operation>())
        {
            var alone = whole with { Outputs = [node] };
            try
            {
                Check(alone, [.. SameArithmetic(0), .. SameArithmetic(1), .. SameArithmetic(2)]);
            }
            catch (Exception smaller)
            {
                return $"Seed {seed}: {smaller.Message}\n{RandomGraph.Describe(node)}\n{Plan(alone)}";
            }
        }
        return $"Seed {seed}, only as a whole: {failure.Message}\n{RandomGraph.Describe(whole.Outputs)}\n{Plan(whole)}";
    }

    private static string Plan(Reading reading)
    {
        try
        {
            return reading.Compile(Split).ToText();
        }
        catch (Exception failure)
        {
            return failure.ToString();
        }
    }
}
