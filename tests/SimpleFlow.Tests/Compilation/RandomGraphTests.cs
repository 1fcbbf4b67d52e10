using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

/// <summary>The compiled reading of a graph means what the plain one means, however it is compiled.</summary>
public class RandomGraphTests
{
    private const int Graphs = 400;
    private const int Groups = 8;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Groups)];

    private static readonly CompilerOptions Split = new() { Threads = 1, CostWorthSplitting = 0 };

    /// <summary>Ways to compile that leave every rounding where it was.</summary>
    private static readonly (string Name, CompilerOptions Options)[] SameArithmetic =
    [
        ("memory not reused", Split with { ReuseMemory = false }),
        ("no merging", Split with { Without = ["Merge"] }),
        ("no fusion", Split with { Without = ["Fuse"] }),
        ("no dropping", Split with { Without = ["Drop"] }),
    ];

    private static readonly (string Name, CompilerOptions Options)[] SeveralThreads =
    [
        ("2 threads", Split with { Threads = 2 }),
        ("4 threads", Split with { Threads = 4 }),
    ];

    // Folding computes in float64 what kernels compute in float32, and simplifying gives it more to fold: this family is compared with folding off.
    private static readonly (string Name, CompilerOptions Options)[] SameWithoutFolding =
    [
        ("no folding or simplifying", Split with { Without = ["Fold", "Simplify"] }),
        ("nothing optional", Split with { ReuseMemory = false, Without = ["Fold", "Simplify", "Merge", "Fuse", "Drop"] }),
    ];

    [Theory, MemberData(nameof(Seeds))]
    public void The_compiled_reading_is_the_plain_one(int group) => ForSeeds(group, 0, graph => new Reading(graph.Outputs, graph.Fed, graph.Step));

    [Theory, MemberData(nameof(Seeds))]
    public void And_so_are_gradients(int group) => ForSeeds(group, 100_000, graph =>
    {
        if (graph.Loss is not { } loss) return null;
        var targets = graph.DerivativeTargets;
        return new Reading([loss, .. Gradients.Of(loss, targets).Where(gradient => gradient is Operation)], graph.Fed, graph.Step);
    });

    /// <summary>The same graph at another batch, empty or of one row: both readings agree on the values, or both refuse the shapes.</summary>
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
                            Assert.Fail($"Seed {seed}, batch {batch}, output {output}, element {i}: {compiled[output][i]:R} instead of {expected:R} ± {radius:G3}.\n{RandomGraph.Describe(node)}");
                    }
                }
                read++;
            }
        }
        Assert.True(read > refused, $"{refused} of {read + refused} were refused.");
    }

    private static void ForSeeds(int group, int first, Func<RandomGraph, Reading?> reading)
    {
        var (elements, unbounded) = (0L, 0L);
        for (var seed = first + group * (Graphs / Groups); seed < first + (group + 1) * (Graphs / Groups); seed++)
        {
            var graph = new RandomGraph(seed);
            if (reading(graph) is not { } whole) continue;
            try
            {
                // Thousands of tiny steps on more threads than processors take their time: every fourth graph will do.
                var (seen, open) = Check(whole, seed % 4 == 0 ? [.. SameArithmetic, .. SeveralThreads] : SameArithmetic);
                (elements, unbounded) = (elements + seen, unbounded + open);
            }
            catch (Exception failure)
            {
                Assert.Fail(Report(seed, whole, failure));
            }
        }
        // The bound is worth something: most numbers have a finite one.
        Assert.True(unbounded < elements / 20, $"{unbounded} of {elements} elements have no bound.");
    }

    private static (long Elements, long Unbounded) Check(Reading reading, (string Name, CompilerOptions Options)[] ways)
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
                else if (!(Math.Abs(compiled[output][i] - expected) <= radius)) Assert.Fail($"Output {output}, element {i}: {compiled[output][i]:R} instead of {expected:R} ± {radius:G3}.");
            }
        }
        foreach (var (name, options) in ways) Reading.AssertSame(compiled, reading.Compiled(options), name);
        var unfolded = reading.Compiled(Split with { Without = ["Fold"] });
        foreach (var (name, options) in SameWithoutFolding) Reading.AssertSame(unfolded, reading.Compiled(options), name);
        return (compiled.Sum(output => (long)output.Length), unbounded);
    }

    /// <summary>The seed, and the smallest part of the graph that still fails: the first node in order that is wrong when it is asked for alone.</summary>
    private static string Report(int seed, Reading whole, Exception failure)
    {
        foreach (var node in GraphOrder.Of(whole.Outputs).OfType<Operation>())
        {
            var alone = whole with { Outputs = [node] };
            try
            {
                Check(alone, [.. SameArithmetic, .. SeveralThreads]);
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
