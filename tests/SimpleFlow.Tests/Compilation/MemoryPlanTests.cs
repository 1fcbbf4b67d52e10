using SimpleFlow.Compilation;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Compilation;

[Trait("Promise", "3")]
public class MemoryPlanTests
{
    private const double LargestRatio = 1.15;

    [Fact]
    public void No_two_live_results_overlap_on_random_graphs()
    {
        for (var seed = 0; seed < 200; seed++)
        {
            var graph = new RandomGraph(seed);
            var reading = new Reading(graph.Outputs, graph.Fed, graph.Step);
            foreach (var without in new string[][] { [], ["Fuse"] })
                CheckPlan(reading.Compile(Reading.OneThread with { Without = without }), $"seed {seed}");
        }
    }

    [Fact]
    public void The_arena_of_a_training_step_is_close_to_what_is_alive_at_once()
    {
        foreach (var rows in new[] { 1, 32, 200 })
        {
            var parabola = SeedNetworks.Parabola.Create();
            CheckPlan(TrainingStep(parabola.Loss,
                new Dictionary<Placeholder, Shape> { [parabola.X] = [rows, 1], [parabola.Y] = [rows, 1] }), "parabola");
            var mnist = SeedNetworks.Mnist.Create();
            CheckPlan(TrainingStep(mnist.Loss, new Dictionary<Placeholder, Shape> { [mnist.X] = [rows, 784], [mnist.Y] = [rows, 10] }),
                "MNIST");
        }
    }

    [Fact]
    public void A_result_is_written_over_an_operand_that_dies_with_it()
    {
        var x = new Placeholder("x", [4, 4]);
        var product = x.MatMul(x);
        Assert.Equal(1, InPlace(product.Exp(), x));
        // Not over what is fed, not over what is read later, not over what is stretched, not under a product.
        Assert.Equal(0, InPlace(x.Exp(), x));
        Assert.Equal(0, InPlace(product.Exp().MatMul(product), x));
        Assert.Equal(0, InPlace(product.Sum(axis: 0, keep: true) + x, x));
        Assert.Equal(0, InPlace(product.MatMul(x), x));
        // Read twice in the step, once of them stretched: overwriting would change what the later rows read.
        var column = x.Sum(axis: 1, keep: true);
        Assert.Equal(0, InPlace(column * column.Reshape([1, 4]), x));
    }

    [Fact]
    public void Without_reuse_every_result_has_its_own_place()
    {
        var x = new Placeholder("x", [4, 4]);
        Node y = x;
        for (var i = 0; i < 6; i++) y = y.MatMul(x);
        var fed = new Dictionary<Placeholder, Shape> { [x] = [4, 4] };
        var own = Compiler.Compile([y], fed, Reading.OneThread with { ReuseMemory = false }).Memory;
        Assert.Equal((7 * 16, 0), (own.Length, own.InPlace));
        // What is fed, and two results by turns.
        Assert.Equal(3 * 16, Compiler.Compile([y], fed, Reading.OneThread).Memory.Length);
    }

    [Theory, InlineData(0), InlineData(1), InlineData(17), InlineData(100_000)]
    public unsafe void Memory_begins_on_a_cache_line(int length)
    {
        var memory = new AlignedMemory(length);
        Assert.Equal(0u, (nuint)memory.Pointer % 64);
        Assert.DoesNotContain(memory.Span.ToArray(), element => element != 0);
    }

    private static int InPlace(Node output, Placeholder x) =>
        Compiler.Compile([output], new Dictionary<Placeholder, Shape> { [x] = [4, 4] },
            Reading.OneThread with { Without = ["Fuse"] }).Memory.InPlace;

    private static Plan TrainingStep(Node loss, Dictionary<Placeholder, Shape> fed)
    {
        var variables = GraphOrder.Of([loss]).OfType<Variable>().ToList();
        return Compiler.Compile([loss, .. new Adam().Updates(variables, Gradients.Of(loss, variables))], fed, Reading.OneThread);
    }

    /// <summary>Replays the plan with a name on every float: each step must find in memory what its operands left there.</summary>
    private static void CheckPlan(Plan plan, string what)
    {
        var arena = new Node?[plan.Memory.Length];
        foreach (var leaf in plan.Placeholders.Concat<Node>(plan.Constants)) Write(leaf);
        foreach (var step in plan.Steps)
        {
            foreach (var read in step.Reads.Where(read => !step.IsOnlyShape(read))) Expect(read);
            foreach (var write in step.Writes.OfType<Operation>()) Write(write);
        }
        foreach (var output in plan.Outputs)
        {
            if (output is not Operation { Op: Assign }) Expect(output);
        }
        Assert.True(plan.Memory.Length <= LargestRatio * plan.Memory.LargestLive,
            $"{what}: {plan.Memory.Length} floats for {plan.Memory.LargestLive} alive at most.");

        void Write(Node node)
        {
            var start = plan.Memory[node];
            Assert.Equal(0, start % MemoryPlan.Alignment);
            arena.AsSpan((int)start, (int)node.Shape.ElementCount).Fill(node);
        }

        void Expect(Node read)
        {
            var owner = Storage.Of(read);
            if (owner is Variable) return;
            foreach (var found in arena.AsSpan((int)plan.Memory[owner], (int)owner.Shape.ElementCount))
                Assert.True(ReferenceEquals(found, owner),
                    $"{what}: `{read.Label}` was overwritten by `{found?.Label}` before it was read.");
        }
    }
}
