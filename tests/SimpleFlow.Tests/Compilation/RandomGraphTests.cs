using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

/// <summary>The compiled reading of a graph means what the plain one means, however it is compiled.</summary>
public class RandomGraphTests
{
    private const int Graphs = 240;
    private const int Groups = 8;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(0, Groups)];

    private static readonly CompilerOptions Split = new() { Threads = 1, CostWorthSplitting = 0 };

    /// <summary>Ways to compile that leave every rounding where it was.</summary>
    private static readonly (string Name, CompilerOptions Options)[] SameArithmetic =
    [
        ("2 threads", Split with { Threads = 2 }),
        ("4 threads", Split with { Threads = 4 }),
        ("memory not reused", Split with { ReuseMemory = false }),
        ("no merging", Split with { Without = ["Merge"] }),
        ("no fusion", Split with { Without = ["Fuse"] }),
        ("no dropping", Split with { Without = ["Drop"] }),
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

    private static void ForSeeds(int group, int first, Func<RandomGraph, Reading?> reading)
    {
        var (elements, unbounded) = (0L, 0L);
        for (var seed = first + group * (Graphs / Groups); seed < first + (group + 1) * (Graphs / Groups); seed++)
        {
            var graph = new RandomGraph(seed);
            if (reading(graph) is not { } whole) continue;
            try
            {
                var (seen, open) = Check(whole);
                (elements, unbounded) = (elements + seen, unbounded + open);
            }
            catch (Exception failure)
            {
                Assert.Fail(Report(seed, whole, failure));
            }
        }
        // The bound is worth something: most numbers have a finite one.
        Assert.True(unbounded < elements / 4, $"{unbounded} of {elements} elements have no bound.");
    }

    private static (long Elements, long Unbounded) Check(Reading reading)
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
        foreach (var (name, options) in SameArithmetic) Reading.AssertSame(compiled, reading.Compiled(options), name);
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
                Check(alone);
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
