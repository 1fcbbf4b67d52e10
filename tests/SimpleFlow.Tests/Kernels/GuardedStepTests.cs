using SimpleFlow.Compilation;
using SimpleFlow.Kernels;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Kernels;

/// <summary>
/// Every step of the plans of all sample graphs and their gradients, alone, on buffers that end where nobody may read: what it is given stays as it is, nothing round its results is written, and its scratch
/// memory is poisoned with NaN. In one part and in three it gives the same bits, and what the plain reading says.
/// </summary>
public sealed unsafe class GuardedStepTests
{
    public static TheoryData<string> Names => [.. OpSamples.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void A_step_touches_what_is_its_own(string name)
    {
        var sample = OpSamples.All[name];
        var output = sample.Output.ElementType == ElementType.Float32 ? sample.Output : sample.Output.Cast();
        Node[] outputs = [sample.Output, .. Gradients.Of(output, sample.Floats)];
        var feed = sample.Feeds.First();
        // With all nodes kept, so that the plan has a plain reading; its placeholders are new ones of the same names.
        var plan = Compiler.Compile(outputs, feed.ToDictionary(pair => pair.Key, pair => pair.Value.Shape), new CompilerOptions { Without = ["Drop"] });
        var fed = GraphOrder.Of(plan.Outputs).OfType<Placeholder>().ToDictionary(placeholder => placeholder, placeholder => feed.Single(pair => pair.Key.Name == placeholder.Name).Value);
        var values = PlainReading.Of(plan.Outputs, fed);
        foreach (var step in plan.Steps) Check(step, values);
    }

    private static void Check(Step step, Dictionary<Node, PlainTensor> values)
    {
        var memory = new List<GuardedFloats>();
        GuardedFloats Guarded(long count, int alignment = sizeof(float))
        {
            memory.Add(new GuardedFloats(count));
            memory[^1].Take(count, alignment);
            return memory[^1];
        }
        var places = new Dictionary<Node, Region>(ReferenceEqualityComparer.Instance);
        var given = new Dictionary<Node, int[]>(ReferenceEqualityComparer.Instance);
        foreach (var read in step.Reads.Where(read => !step.IsOnlyShape(read)))
        {
            var value = values[read];
            var region = places[read] = new Region(Guarded(value.Count).Pointer, value.Sizes);
            for (var j = 0; j < value.Count; j++)
            {
                if (read.ElementType == ElementType.Int32) region.Integers[j] = (int)value.Elements[j];
                else region.Pointer[j] = (float)value.Elements[j];
            }
            given[read] = region.IntegerSpan.ToArray();
        }

        int[][]? one = null;
        foreach (var parts in (int[])[1, 3])
        {
            // A program stores each value at the node that holds it; for an assignment that is the variable, of the assigned value's shape, and it may be read as well.
            var written = new Dictionary<Node, Region>(ReferenceEqualityComparer.Instance);
            foreach (var write in step.Writes) written[write] = new Region(Guarded(write.Shape.Count).Pointer, write.Shape.ToSizes());
            var scratch = Guarded(step.ScratchFloats(parts) / 16 * 16 + 16, alignment: 64).Pointer;
            var kernel = step.Bind(RegionOf, scratch, parts, new StepClock());
            for (var part = parts - 1; part >= 0; part--) kernel.Run(part, parts);

            var bits = Array.ConvertAll(step.Writes, write => written[write].IntegerSpan.ToArray());
            one ??= bits;
            for (var i = 0; i < bits.Length; i++)
            {
                Assert.Equal(one[i], bits[i]);
                if (step.Writes[i] is not Variable) AssertClose(values[step.Writes[i]], written[step.Writes[i]], step.Writes[i], step.Title);
            }

            // What a product of this step made may be read as another shape.
            Region RegionOf(Node node) =>
                node is not Variable && written.TryGetValue(node, out var region) ? region
                : places.TryGetValue(node, out region) ? region
                : written.TryGetValue(node, out region) ? region
                : new Region(written[Storage.Of(node)].Pointer, node.Shape.ToSizes());
        }
        foreach (var (read, before) in given) Assert.Equal(before, places[read].IntegerSpan.ToArray());
        Assert.All(memory, block => Assert.True(block.CanariesLive(), $"{step.Title} wrote beside its memory."));
        memory.ForEach(block => block.Dispose());
    }

    private static void AssertClose(PlainTensor expected, Region actual, Node node, string title)
    {
        var bound = 1e-5 * (1 + expected.Elements.Where(double.IsFinite).Select(Math.Abs).DefaultIfEmpty().Max());
        for (var i = 0; i < expected.Count; i++)
        {
            var found = node.ElementType == ElementType.Int32 ? actual.Integers[i] : actual.Pointer[i];
            if (!(expected.Elements[i].Equals(found) || Math.Abs(expected.Elements[i] - found) <= bound)) Assert.Fail($"{title}, element {i}: {found} instead of {expected.Elements[i]}.");
        }
    }
}
