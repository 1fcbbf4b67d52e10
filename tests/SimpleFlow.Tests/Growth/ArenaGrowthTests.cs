namespace SimpleFlow.Tests.Growth;

/// <summary>That all a model does is computed in one arena, as large as the largest plan needs.</summary>
public class ArenaGrowthTests
{
    private const int Rows = 4_096, Units = 256;
    private const long Results = 4L * Rows * Units;       // the bytes of one result of the hidden layer

    private readonly Placeholder _x = new("x", [null, 8]);
    private readonly Placeholder _y = new("y", [null, 1]);

    private Model Network()
    {
        // A table of numbers is a constant of the plans: it must survive what other plans compute.
        var table = new Constant("table", [0.5f, -1, 2, 0.25f, 1, -0.5f, 3, 1]);
        var hidden = (_x * table).MatMul(new Variable("w", [8, Units])).Tanh();
        var prediction = hidden.MatMul(new Variable("v", [Units, 1]));
        return new Model((prediction - _y).Power(2).Mean(), prediction, new Adam(), (prediction - _y).Abs().Mean(name: "error"));
    }

    private Dataset Data(int rows) => new() { [_x] = Numbers(rows, 8), [_y] = Numbers(rows, 1) };

    private Feed Feed(int rows) => new() { [_x] = Numbers(rows, 8), [_y] = Numbers(rows, 1) };

    private static float[,] Numbers(int rows, int columns)
    {
        var numbers = new float[rows, columns];
        for (var i = 0; i < rows; i++)
            for (var j = 0; j < columns; j++) numbers[i, j] = MathF.Sin(i * 7 + j);
        return numbers;
    }

    [Fact]
    public void Training_in_both_ways_validation_and_prediction_share_one_arena()
    {
        var model = Network();
        var (data, feed) = (Data(Rows), Feed(Rows));
        var first = Allocated(() => model.Fit(data, new FitOptions { Epochs = 1, BatchSize = Rows, Accumulate = 1 }));
        Assert.True(first > 2 * Results, "The hidden layer and its gradient take memory of their own.");
        // What compiling another plan allocates is counted, too: it is much less than a result.
        Assert.InRange(Allocated(() => model.Fit(feed, 1)), 0, Results / 2);
        Assert.InRange(Allocated(() => model.Fit(data, new FitOptions { Epochs = 1, BatchSize = Rows / 2, Accumulate = 2 })), 0,
            Results / 2);
        Assert.InRange(Allocated(() => model.Evaluate(data, Rows)), 0, Results / 2);
        Assert.InRange(Allocated(() => model.Evaluate(feed)), 0, Results / 2);
        Assert.InRange(Allocated(() => model.Predict(data, Rows)), 0, Results / 2);
        Assert.InRange(Allocated(() => model.Predict(feed)), 0, Results / 2);
    }

    [Fact]
    public void Plans_that_take_turns_and_grow_compute_what_each_computes_alone()
    {
        // The other model computes the same steps, and nothing between them.
        var (mixed, alone) = (Network(), Network());
        for (var i = 0; i < mixed.Variables.Count; i++) alone.Variables[i].Set(mixed.Variables[i].Values.ToArray());
        for (var round = 1; round <= 4; round++)
        {
            mixed.Fit(Feed(3), 5);
            alone.Fit(Feed(3), 5);
            mixed.Evaluate(Data(50 * round), 20 * round);
            mixed.Predict(Feed(70 * round));
            mixed.Fit(Data(31 * round), epochs: 2, batchSize: 10);
            alone.Fit(Data(31 * round), epochs: 2, batchSize: 10);
            Assert.Equal(alone.Evaluate(Feed(6)).Loss, mixed.Evaluate(Feed(6)).Loss);
            Assert.Equal(alone.Predict(Feed(6)).ToArray(), mixed.Predict(Feed(6)).ToArray());
        }
        for (var i = 0; i < mixed.Variables.Count; i++)
            Assert.Equal(alone.Variables[i].Values.ToArray(), mixed.Variables[i].Values.ToArray());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void An_evaluation_between_two_steps_changes_neither_the_training_nor_the_losses(bool gathers)
    {
        var (watched, alone) = (Network(), Network());
        for (var i = 0; i < watched.Variables.Count; i++) alone.Variables[i].Set(watched.Variables[i].Values.ToArray());
        var evaluates = new Evaluates(Data(500));
        FitOptions Options(params Callback[] callbacks) =>
            new() { Epochs = 3, BatchSize = 8, Accumulate = gathers ? 3 : 1, Callbacks = callbacks };
        var expected = alone.Fit(Data(60), Options()).Last.Loss;
        Assert.Equal(expected, watched.Fit(Data(60), Options(evaluates)).Last.Loss);
        Assert.Equal(alone.Losses[0].Values.ToArray(), watched.Losses[0].Values.ToArray());
        Assert.True(evaluates.Count >= 21);
    }

    private sealed class Evaluates(Dataset data) : Callback
    {
        public int Count { get; private set; }

        protected internal override void AfterStep(TrainingRun run)
        {
            run.Evaluate(data, 100 + Count);       // ever larger, so that the arena grows
            Count++;
        }
    }

    private static long Allocated(Action action)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        action();
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
