namespace SimpleFlow.Tests.Training;

/// <summary>Schedules against their formulas, and that a fit follows them and gives the optimizer its own rate back.</summary>
public class ScheduleTests
{
    private const int Steps = 101, PerEpoch = 10;

    private static float At(Schedule schedule, long step) => schedule.At(new TrainingPosition(step, Steps, PerEpoch));

    [Fact]
    public void Each_is_its_formula()
    {
        Assert.Equal(1, At(Schedule.Constant, 50));
        Assert.Equal([1, 0.75f, 0.5f], new[] { 0L, 50, 100 }.Select(step => At(Schedule.Linear(0.5), step)));
        Assert.Equal([1, 1, 0.5f, 0.25f], new[] { 0L, 19, 20, 40 }.Select(step => At(Schedule.Step(epochs: 2, 0.5), step)));
        Assert.Equal([1, MathF.Sqrt(0.5f), 0.5f], new[] { 0L, 5, 10 }.Select(step => At(Schedule.Exponential(0.5), step)));
        Assert.Equal([1, 0.55f, 0.1f], new[] { 0L, 50, 100 }.Select(step => At(Schedule.Cosine(0.1), step)));
        Assert.Equal(0.1 + 0.9 * (1 + Math.Cos(Math.PI / 4)) / 2, At(Schedule.Cosine(0.1), 25), 1e-6);
    }

    [Fact]
    public void One_cycle_goes_up_and_comes_down()
    {
        var cycle = Schedule.OneCycle(warmUp: 0.3, first: 25, last: 100);
        Assert.Equal([1 / 25f, (1 / 25f + 1) / 2, 1, 1 / 2500f], new[] { 0L, 15, 30, 100 }.Select(step => At(cycle, step)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.All(Enumerable.Range(0, 30), step => Assert.True(At(cycle, step) < At(cycle, step + 1)));
        Assert.All(Enumerable.Range(30, 70), step => Assert.True(At(cycle, step) > At(cycle, step + 1)));
    }

    [Fact]
    public void Warm_up_goes_before_what_follows()
    {
        var schedule = Schedule.Constant.WithWarmUp(4);
        Assert.Equal([0.2f, 0.4f, 0.6f, 0.8f, 1, 1], Enumerable.Range(0, 6).Select(step => At(schedule, step)));
        Assert.Equal("constant, 4 steps of warm-up", schedule.ToString());
    }

    [Fact]
    public void Bad_values_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Linear(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Exponential(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Cosine(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.OneCycle(warmUp: 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.OneCycle(first: 0.5));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.OneCycle(last: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Constant.WithWarmUp(-1));
        var error = Assert.Throws<TrainingException>(() => At(Schedule.Of(at => at.Step == 3 ? double.NaN : 1), 3));
        Assert.Equal("The schedule of a function gives NaN at step 3; a rate must be finite and not negative.", error.Message);
    }

    [Fact]
    public void A_fit_follows_it_and_gives_the_rate_back()
    {
        // For loss = w · x with x = 1 each step takes away its rate: after the fit, w is the sum of what was taken.
        var x = new Placeholder("x", [null]);
        var w = new Variable("w", [], Initializer.Constant(0));
        var model = new Model((x * w).Mean(), optimizer: new GradientDescent(0.5f, 0));
        var history = model.Fit(new Dataset { [x] = new float[] { 1, 1, 1, 1 } }, epochs: 3, batchSize: 2, schedule: Schedule.Step(epochs: 1, 0.1));
        Assert.Equal(-0.5 * 2 * (1 + 0.1 + 0.01), w.Memory.Span[0], 1e-6);
        Assert.Equal([0.5f, 0.05f, 0.005f], history.Epochs.Select(epoch => epoch.LearningRate), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(0.5f, model.Optimizer!.LearningRate);
    }
}
