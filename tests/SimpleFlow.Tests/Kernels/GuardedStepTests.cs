using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Kernels;

/// <summary>
/// Every step of the plans of all sample graphs and their gradients, alone, on buffers that end where nobody may read:
/// what it is given stays as it is, nothing round its results is written, and its scratch memory is poisoned with NaN.
/// In one part and in three it gives the same bits, and what the plain reading says.
/// </summary>
[Trait("Promise", "4")]
public sealed unsafe class GuardedStepTests
{
    public static TheoryData<string> Names => [.. OpSamples.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_step_touches_what_is_its_own(string name) => Run(OpSamples.All[name]);

    /// <summary>Runs every step of the plan of a sample and its gradients, and counts the ways that are taken.</summary>
    internal static void Run(Sample sample, PathCounts? counts = null)
    {
        var output = sample.Output.ElementType == ElementType.Float32 ? sample.Output : sample.Output.Cast();
        Node[] outputs = [sample.Output, .. Gradients.Of(output, sample.Floats)];
        var feed = sample.Feeds.First();
        var bits = new List<int[]>[2];
        for (var i = 0; i < bits.Length; i++)
        {
            // With all nodes kept, so that the plan has a plain reading; its placeholders are new ones of the same names.
            var options = new CompilerOptions { Threads = 1 + 2 * i, CostWorthSplitting = 0, Without = ["Drop"] };
            var plan = Compiler.Compile(outputs, feed.ToDictionary(pair => pair.Key, pair => pair.Value.Shape), options);
            var fed = GraphOrder.Of(plan.Outputs).OfType<Placeholder>().ToDictionary(placeholder => placeholder,
                placeholder => feed.Single(pair => pair.Key.Name == placeholder.Name).Value);
            var values = PlainReading.ValuesOf(plan.Outputs, fed);
            bits[i] = [.. plan.Steps.SelectMany(step => Run(step, values, counts))];
            counts?.Add(plan);
        }
        Assert.Equal(bits[0], bits[1]);
    }

    /// <summary>Runs a step and gives the bits of what it wrote.</summary>
    private static List<int[]> Run(Step step, Dictionary<Node, PlainTensor> values, PathCounts? counts)
    {
        var memory = new List<GuardedFloats>();
        GuardedFloats Guarded(long count, int alignment = sizeof(float))
        {
            memory.Add(new GuardedFloats(count));
            memory[^1].Take(count, alignment);
            return memory[^1];
        }
        var given = new Dictionary<Node, (Region Region, int[] Bits)>(ReferenceEqualityComparer.Instance);
        foreach (var read in step.Reads.Where(read => !step.IsOnlyShape(read)))
        {
            // A slice that is read in place lies in the memory of what it was cut from.
            var owner = Storage.Of(read);
            if (given.ContainsKey(owner)) continue;
            var region = new Region(Guarded(owner.Shape.ElementCount).Pointer, owner.Shape.ToSizes());
            for (var i = 0; i < region.Count; i++)
            {
                if (owner.ElementType == ElementType.Int32) region.Integers[i] = (int)values[owner].Elements[i];
                else region.Pointer[i] = (float)values[owner].Elements[i];
            }
            given[owner] = (region, region.IntegerSpan.ToArray());
        }
        // A variable that is assigned is written where it is read.
        var written = step.Writes.ToDictionary<Node, Node, Region>(
            write => write,
            write =>
                given.TryGetValue(write, out var old) ? old.Region : new(Guarded(write.Shape.ElementCount).Pointer, write.Shape.ToSizes()),
            ReferenceEqualityComparer.Instance);

        // As an executable binds it: what a program makes for a single operation need not be in memory.
        Region RegionOf(Node node)
        {
            var owner = Storage.Of(node);
            var pointer = written.TryGetValue(owner, out var own) ? own.Pointer : given.TryGetValue(owner, out var other)
                ? other.Region.Pointer : null;
            return Storage.RegionOf(node, pointer);
        }
        var scratch = Guarded((step.ScratchFloats(step.Parts) + 15) / 16 * 16, alignment: 64).Pointer;
        var kernel = step.Bind(RegionOf, scratch, step.Parts, new StepClock());
        counts?.Add(kernel, step.Parts);
        for (var part = step.Parts - 1; part >= 0; part--) kernel.Run(part, step.Parts);

        var bits = new List<int[]>();
        foreach (var (target, region) in written)
        {
            bits.Add(region.IntegerSpan.ToArray());
            if (target is not Variable) AssertClose(values[target], region, target, step.Title);
        }
        foreach (var (read, (region, before)) in given)
        {
            if (!written.ContainsKey(read)) Assert.Equal(before, region.IntegerSpan.ToArray());
        }
        Assert.All(memory, block => Assert.True(block.CanariesLive(), $"{step.Title} wrote beside its memory."));
        memory.ForEach(block => block.Dispose());
        return bits;
    }

    private static void AssertClose(PlainTensor expected, Region actual, Node node, string title)
    {
        var bound = 1e-5 * (1 + expected.Elements.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Count; i++)
        {
            var found = node.ElementType == ElementType.Int32 ? actual.Integers[i] : actual.Pointer[i];
            if (!(expected.Elements[i].Equals(found) || Math.Abs(expected.Elements[i] - found) <= bound))
                Assert.Fail($"{title}, element {i}: {found} instead of {expected.Elements[i]}.");
        }
    }
}
