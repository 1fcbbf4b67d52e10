namespace SimpleFlow.Tests.Execution;

/// <summary>What does not fit into memory is refused with its figure before anything is taken.</summary>
[Trait("Promise", "11")]
public class MemoryBudgetTests
{
    private readonly Placeholder _x = new("x", [null, 784]);

    [Fact]
    public void A_plan_that_does_not_fit_is_refused_and_a_smaller_batch_runs()
    {
        var model = new Model(Layers.Dense(_x, 1000, name: "wide").Power(2, "square").Mean(), _x, new GradientDescent(), threads: 1);
        using var limit = MemoryBudget.Pretend(60_000_000);
        var error = Refused(() => model.Fit(new Feed { [_x] = new float[6000, 784] }, 1));
        Assert.StartsWith("The plan for `x` [6000, 784], whose largest results are `", error.Message, StringComparison.Ordinal);
        Assert.Contains("[6000, 1000] with 24.0 MB", error.Message, StringComparison.Ordinal);
        Assert.Matches(@"needs \d+\.\d MB of memory; 60\.0 MB of 60\.0 MB are free\.\nFeed fewer rows at a time", error.Message);
        Assert.InRange(error.Needed, 60_000_001, 120_000_000);
        Assert.Equal(60_000_000, error.Available);
        Assert.Equal(0, model.Iterations);
        model.Fit(new Feed { [_x] = new float[600, 784] }, 1);
        Assert.Equal(1, model.Iterations);
    }

    [Fact]
    public void Variables_that_do_not_fit_are_refused_when_the_model_is_made()
    {
        var loss = Layers.Dense(Layers.Dense(_x, 20_000, name: "first"), 10, name: "second").Mean();
        using var limit = MemoryBudget.Pretend(60_000_000);
        var error = Refused(() => _ = new Model(loss));
        Assert.StartsWith(
            "The variables of the model, the largest `first/w` [784, 20000] with 62.7 MB, `second/w` [20000, 10] with 0.8 MB, `first/b` "
                + "[20000] with 0.1 MB, need 63.6 MB of memory", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void So_is_what_the_optimizer_keeps_beside_them()
    {
        var loss = Layers.Dense(_x, 5_000, name: "wide").Mean();
        using var limit = MemoryBudget.Pretend(30_000_000);
        Assert.StartsWith("What Adam keeps beside the variables, the largest `wide/w/",
            Refused(() => _ = new Model(loss, optimizer: new Adam())).Message, StringComparison.Ordinal);
        Assert.NotNull(new Model(loss, optimizer: new GradientDescent()));
    }

    [Fact]
    public void A_variable_that_is_read_before_any_model_has_it() =>
        Assert.Contains("`w` [3000, 3000] with 36.0 MB", With(30_000_000, () => _ = new Variable("w", [3000, 3000]).Values).Message,
            StringComparison.Ordinal);

    [Fact]
    public void The_plain_reading() => Assert.StartsWith(
        "A tensor [100, 1000, 1000] in float64 needs 0.8 GB of memory",
        With(500_000_000, () => PlainReading.Of([((Node)1f).Broadcast([100, 1000, 1000])], [])).Message, StringComparison.Ordinal);

    [Fact]
    public void What_no_array_can_hold_is_refused_on_any_machine()
    {
        var variable = new Variable("w", [int.MaxValue]);
        Assert.Contains("in one block", With(long.MaxValue, () => _ = variable.Values).Message, StringComparison.Ordinal);

        // Results that are alive together, each of which would fit.
        var row = new Variable("row", [1, 30_000]);
        var column = new Variable("column", [30_000, 1]);
        var model = new Model(default, [column.MatMul(row), column.Exp().MatMul(row), column.Tanh().MatMul(row)]);
        var error = With(long.MaxValue, () => model.Predict([]));
        Assert.Contains("`column·row` [30000, 30000] with 3.6 GB", error.Message, StringComparison.Ordinal);
        Assert.Contains("in one block; the maximum is 8.6 GB", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Predictions_of_a_whole_dataset()
    {
        var model = new Model(default, Layers.Dense(_x, 1000));
        var data = new Dataset { [_x] = new float[4000, 784] };
        Assert.StartsWith("Predictions of [4000, 1000] need 16.0 MB", With(15_000_000, () => model.Predict(data, batchSize: 10)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void The_machine_has_some_memory() => MemoryBudget.Require(100_000_000, () => "A test needs", "");

    private static MemoryException With(long bytes, Action action)
    {
        using var limit = MemoryBudget.Pretend(bytes);
        return Refused(action);
    }

    private static MemoryException Refused(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var error = Assert.Throws<MemoryException>(action);
        Assert.True(GC.GetAllocatedBytesForCurrentThread() - before < 30_000_000, "Something large was allocated.");
        return error;
    }
}
