using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Schedules against their formulas, and that a fit follows them and gives the optimizer its own rate back.</summary>
public class ScheduleTests
{
    private const int Steps = 100, PerEpoch = 10;

    private static float At(Schedule schedule, long step) => schedule.At(new TrainingPosition(step, Steps, PerEpoch));

    [Fact]
    public void Each_is_its_formula()
    {
        Assert.Equal(1, At(Schedule.Constant, 50));
        Assert.Equal([1, 0.75f, 0.505f], new[] { 0L, 50, 99 }.Select(step => At(Schedule.Linear(0.5), step)));
        Assert.Equal([1, 1, 0.5f, 0.25f], new[] { 0L, 19, 20, 40 }.Select(step => At(Schedule.Step(epochs: 2, 0.5), step)));
        Assert.Equal([1, MathF.Sqrt(0.5f), 0.5f], new[] { 0L, 5, 10 }.Select(step => At(Schedule.Exponential(0.5), step)));
        Assert.Equal([1, 0.55f], new[] { 0L, 50 }.Select(step => At(Schedule.Cosine(0.1), step)));
        Assert.Equal(0.1 + 0.9 * (1 + Math.Cos(Math.PI / 4)) / 2, At(Schedule.Cosine(0.1), 25), 1e-6);
    }

    [Fact]
    public void The_last_step_counts()
    {
        foreach (var steps in (long[])[1, 2, 10, 1000])
        {
            var last = new TrainingPosition(steps - 1, steps, steps);
            // As many half waves of the cosine and as many parts of the line as there are steps: PyTorch's T_max and total_iters.
            Assert.Equal((1 + Math.Cos(Math.PI * (steps - 1.0) / steps)) / 2, Schedule.Cosine().At(last), 1e-6);
            Assert.Equal(1.0 / steps, Schedule.Linear().At(last), 1e-6);
            Assert.True(Schedule.Cosine().At(last) > 0 && Schedule.OneCycle().At(last) > 0);
        }
    }

    [Fact]
    public void One_cycle_goes_up_and_comes_down()
    {
        // torch.optim.lr_scheduler.OneCycleLR(max_lr=1, total_steps=100, pct_start=0.3, div_factor=25, final_div_factor=100) is largest at
        // step 0.3 · 100 − 1 and smallest at step 99.
        var cycle = Schedule.OneCycle(warmUp: 0.3, first: 25, last: 100);
        Assert.Equal([1 / 25f, 1, (1 + 1 / 2500f) / 2, 1 / 2500f], new[] { 0L, 29, 64, 99 }.Select(step => At(cycle, step)),
            (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal(1 / 25.0 + 24 / 25.0 * (1 - Math.Cos(Math.PI * 10 / 29)) / 2, At(cycle, 10), 1e-6);
        Assert.All(Enumerable.Range(0, 29), step => Assert.True(At(cycle, step) < At(cycle, step + 1)));
        Assert.All(Enumerable.Range(29, 70), step => Assert.True(At(cycle, step) > At(cycle, step + 1)));
        // Too few steps to go up.
        Assert.Equal([1 / 250_000f, 1], new[] { (0L, 1L), (0L, 2L) }
            .Select(at => Schedule.OneCycle(0.5).At(new TrainingPosition(at.Item1, at.Item2, 1))), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Fact]
    public void Steps_restarts_and_sequences_are_their_formulas()
    {
        var steps = Schedule.Step([2, 5], 0.1);
        Assert.Equal([1, 1, 0.1f, 0.1f, 0.01f], new[] { 0L, 19, 20, 49, 50 }.Select(step => At(steps, step)),
            (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal("times 0.1 after 2, 5 epochs", steps.ToString());
        // CosineAnnealingWarmRestarts(T_0=2, T_mult=2): half waves of 2, 4 and 8 epochs.
        var restarts = Schedule.WarmRestarts(2, longer: 2, last: 0.1);
        Assert.Equal([1, 0.55f, 1, 0.55f, 1], new[] { 0L, 10, 20, 40, 60 }.Select(step => At(restarts, step)),
            (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal([1, 0.5f, 1, 0.5f], new[] { 0L, 10, 20, 70 }.Select(step => At(Schedule.WarmRestarts(2), step)),
            (a, b) => Math.Abs(a - b) < 1e-6);
        // SequentialLR: each begins where it is its turn.
        var sequence = Schedule.Linear(0.5).Then(4, Schedule.Cosine());
        Assert.Equal([1, 0.75f, 1, 0.5f], new[] { 0L, 20, 40, 70 }.Select(step => At(sequence, step)), (a, b) => Math.Abs(a - b) < 1e-6);
        Assert.Equal("linear to 0.5 for 4 epochs, then cosine to 0", sequence.ToString());
        Assert.Equal(0.5, At(Schedule.Constant.Then(3, Schedule.Step(2, 0.5)), 50), 1e-6);
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step([3, 3]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Step([0]));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.WarmRestarts(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.WarmRestarts(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Constant.Then(0, Schedule.Constant));
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
        Assert.Equal("The schedule 'of a function' gives NaN at step 3; a rate must be finite and not negative.", error.Message);
    }

    [Fact]
    public void A_fit_follows_it_and_gives_the_rate_back()
    {
        // For loss = w · x with x = 1 each step takes away its rate: after the fit, w is the sum of what was taken.
        var x = new Placeholder("x", [null]);
        var w = new Variable("w", [], Initializer.Constant(0));
        var model = new Model((x * w).Mean(), optimizer: new GradientDescent(0.5f, 0));
        var history = model.Fit(new Dataset { [x] = new float[] { 1, 1, 1, 1 } }, new FitOptions
        {
            Epochs = 3,
            BatchSize = 2,
            Schedule = Schedule.Step(epochs: 1, 0.1),
        });
        Assert.Equal(-0.5 * 2 * (1 + 0.1 + 0.01), w.Memory.Span[0], 1e-6);
        Assert.Equal([0.5f, 0.05f, 0.005f], history.Epochs.Select(epoch => epoch.LearningRate), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(0.5f, model.Optimizer!.LearningRate);
    }

    private sealed class Each(Action<TrainingRun> step, Action<TrainingRun>? epoch = null) : Callback
    {
        protected internal override void AfterStep(TrainingRun run) => step(run);
        protected internal override void AfterEpoch(TrainingRun run, EpochResult result) => epoch?.Invoke(run);
    }

    private static (Model Model, Variable W, Dataset Data) Slope(float rate = 0.5f)
    {
        var (x, w) = (new Placeholder("x", [null]), new Variable("w", [], Initializer.Constant(0)));
        return (new Model((x * w).Mean(), optimizer: new GradientDescent(rate, 0)), w, new Dataset { [x] = new float[] { 1, 1, 1, 1 } });
    }

    [Fact]
    public void A_rate_that_a_callback_sets_is_multiplied_by_the_schedule_and_stays_after_the_fit()
    {
        var (model, w, data) = Slope();
        var seen = new List<float>();
        var halved = new Each(run => seen.Add(run.LearningRate), run => model.Optimizer!.LearningRate *= 0.5f);
        var history = model.Fit(data, new FitOptions
        {
            Epochs = 3,
            BatchSize = 2,
            Schedule = Schedule.Step(epochs: 1, 0.1),
            Callbacks = [halved],
        });
        float[] expected = [0.5f, 0.5f, 0.025f, 0.025f, 0.00125f, 0.00125f];
        Assert.Equal(expected, seen, (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(-expected.Sum(), w.Value, 1e-6);
        Assert.Equal([0.5f, 0.025f, 0.00125f], history.Epochs.Select(epoch => epoch.LearningRate), (a, b) => Math.Abs(a - b) < 1e-7);
        Assert.Equal(0.0625f, model.Optimizer!.LearningRate);
        model.Fit(data, epochs: 1, batchSize: 4);
        Assert.Equal(0.0625f, model.History.Last.LearningRate);
    }

    [Fact]
    public void Between_two_steps_the_optimizer_has_its_own_rate_and_so_have_the_files()
    {
        using var folder = new TemporaryFolder();
        var (model, w, data) = Slope();
        model.Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 2,
            Schedule = Schedule.Cosine(),
            Callbacks = [new Checkpoint(folder.File("run")), new Each(run => Assert.Equal(0.5f, model.Optimizer!.LearningRate))],
        });
        var (loaded, other, others) = Slope(rate: 7);
        loaded.Load(CheckpointFolder.NewestPath(folder.File("run"))!);
        Assert.Equal((0.5f, w.Value), (loaded.Optimizer!.LearningRate, other.Value));
        loaded.Fit(others, epochs: 1, batchSize: 4);
        Assert.Equal(w.Value - 0.5f, other.Value, 1e-6);
    }

    [Fact]
    public void A_rate_that_a_callback_has_set_is_there_again_after_a_resume()
    {
        using var folder = new TemporaryFolder();
        var (whole, expected, data) = Slope();
        whole.Fit(data, new FitOptions { Epochs = 4, BatchSize = 2, Schedule = Schedule.Linear(0.5), Callbacks = [Halving(whole)] });
        // The schedule goes by the number of epochs, so the first part stops by cancellation.
        var (first, _, firsts) = Slope();
        using var cancellation = new CancellationTokenSource();
        var stopping = new Each(run => { if (run.Position.Step == 4) cancellation.Cancel(); });
        Assert.Throws<OperationCanceledException>(() => first.Fit(firsts, new FitOptions
        {
            Epochs = 4,
            BatchSize = 2,
            Schedule = Schedule.Linear(0.5),
            Callbacks = [Halving(first), new Checkpoint(folder.File("run")), stopping],
        }, cancellation.Token));
        var (second, actual, seconds) = Slope();
        second.Fit(seconds, new FitOptions
        {
            Epochs = 4,
            BatchSize = 2,
            Schedule = Schedule.Linear(0.5),
            Callbacks = [Halving(second), new Checkpoint(folder.File("run")), new Each(_ => { })],
            Resume = folder.File("run"),
        });
        Assert.Equal((expected.Value, whole.Optimizer!.LearningRate), (actual.Value, second.Optimizer!.LearningRate));

        static Callback Halving(Model model) => new Each(_ => { }, _ => model.Optimizer!.LearningRate *= 0.5f);
    }

    [Theory, InlineData(1), InlineData(2)]
    public void A_checkpoint_of_an_earlier_version_gives_the_optimizers_own_rate(int version)
    {
        using var folder = new TemporaryFolder();
        var (model, _, data) = Slope();
        model.Fit(data, new FitOptions
        {
            Epochs = 2,
            BatchSize = 2,
            Schedule = Schedule.Cosine(),
            Callbacks = [new Checkpoint(folder.File("run"))],
        });
        var path = CheckpointFolder.NewestPath(folder.File("run"))!;
        // Those had the rate of the last step, which is 0 at the end of the cosine.
        SavedFile.MakeOld(path, version);
        SavedFile.Change(path, (tensors, _) => tensors["learning rate"] = new WrittenTensor([], new float[1]));
        var (loaded, _, _) = Slope(rate: 7);
        loaded.Load(path);
        Assert.Equal(0.5f, loaded.Optimizer!.LearningRate);
    }

    [Fact]
    public void What_the_function_of_a_schedule_throws_names_the_schedule_and_the_step()
    {
        var schedule = Schedule.Of(at => at.Step == 2 ? throw new FormatException("it is broken") : 1, "mine");
        var (model, _, data) = Slope();
        foreach (var (one, name) in new[] { (schedule, "mine"), (schedule.WithWarmUp(3), "mine, 3 steps of warm-up") })
        {
            var error = Assert.Throws<GraphException>(() =>
                model.Fit(data, new FitOptions { Epochs = 5, BatchSize = 2, Schedule = one }));
            Assert.StartsWith($"The function of the schedule '{name}' threw FormatException at step 2: it is broken", error.Message,
                StringComparison.Ordinal);
            Assert.IsType<FormatException>(error.InnerException);
        }
    }
}
