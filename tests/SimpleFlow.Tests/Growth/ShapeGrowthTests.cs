using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow.Tests.Growth;

/// <summary>That shapes which take turns have their plans made once, as long as these fit into memory.</summary>
public class ShapeGrowthTests
{
    private static readonly Placeholder X = new("x", [null, 4]);

    [Fact]
    public void Sixty_four_batch_sizes_in_turn_are_compiled_once_each()
    {
        var session = new Session([X.Tanh().Sum()], new StepClock(), new CompilerOptions());
        Executable[] made = [.. Enumerable.Range(1, 64).Select(rows => session.For(Fed(rows)))];
        for (var round = 0; round < 3; round++)
        {
            for (var rows = 1; rows <= 64; rows++) Assert.Same(made[rows - 1], session.For(Fed(rows)));
        }
        Assert.Equal(64, session.Plans);
    }

    [Fact]
    public void A_prediction_of_a_shape_that_came_before_compiles_nothing()
    {
        var model = new Model(default, X.Tanh());
        long Round()
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var rows = 1; rows <= 64; rows++) model.Predict(new Feed { [X] = new float[rows, 4] });
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Round();
        Assert.InRange(Round(), 0, 64 * 8_000);
    }

    [Fact]
    public void What_was_not_used_for_longest_makes_room()
    {
        // Each plan has the constant in memory of its own, 64 MiB: four fit. What they compute is in one arena.
        var session = new Session([X.Tanh().Sum() * new Constant("c", new float[(16 << 20) - 8192])], new StepClock(),
            new CompilerOptions());
        Executable At(int rows) => session.For(Fed(rows));
        var first = At(1);
        var second = At(2);
        At(3);
        At(4);
        Assert.Same(first, At(1));
        At(5);
        Assert.Equal(4, session.Plans);
        Assert.Same(first, At(1));
        Assert.NotSame(second, At(2));
    }

    private static Dictionary<Placeholder, Shape> Fed(int rows) => new() { [X] = [rows, 4] };
}
