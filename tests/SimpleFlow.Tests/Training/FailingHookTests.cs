using System.Globalization;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>
/// Every hook of every callback throws, at every call of it, an error or a cancellation:
/// the model stands at the end of a step with the weights that are its own, whoever began is ended, what was thrown first comes out, and
/// what a checkpoint holds resumes as if nothing had happened.
/// </summary>
[Trait("Promise", "14")]
public sealed class FailingHookTests(ITestOutputHelper output) : IDisposable
{
    private const int Epochs = 2;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    public static TheoryData<string> Sets => ["average", "averages", "best", "all"];

    [Theory, MemberData(nameof(Sets))]
    public void Whatever_throws_the_training_stands_at_the_end_of_a_step_and_resumes_as_if_nothing_had_happened(string set)
    {
        var whole = new Training(_folder.File("whole"), set, throws: null);
        whole.Fit();
        var calls = whole.Callbacks.SelectMany((callback, place) =>
            callback.Calls.Select(call => (Place: place, Hook: call.Key, Count: call.Value))).ToList();
        Assert.Contains(calls, call => call.Hook == nameof(Callback.Save));
        var (thrown, resumed) = (0, 0);
        foreach (var (place, hook, count) in calls)
        {
            for (var call = 1; call <= count; call++)
            {
                foreach (var isCancellation in new[] { false, true })
                {
                    var folder = _folder.File($"{thrown++}");
                    var failing = new Training(folder, set, new Throw(place, hook, call, isCancellation));
                    Assert.Same(failing.Exception, Record.Exception(failing.Fit));
                    failing.RequireSound(whole);
                    // A new process resumes, or begins where there is no checkpoint.
                    var other = new Training(folder, set, throws: null);
                    if (CheckpointFolder.NewestPath(folder) is not null) resumed++;
                    other.Fit();
                    Assert.Equal(whole.Outcome, other.Outcome);
                    // And this one can go on.
                    failing.FitAnother();
                }
            }
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{set}: {thrown} hooks thrown, {resumed} of them with a checkpoint to resume from"));
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_token_that_is_cancelled_in_any_hook_ends_the_training_at_a_step_and_it_resumes(string set)
    {
        var whole = new Training(_folder.File("whole"), set, throws: null);
        whole.Fit();
        var cancelled = 0;
        foreach (var (hook, count) in whole.Callbacks[0].Calls)
        {
            for (var call = 1; call <= count; call++)
            {
                var folder = _folder.File($"{cancelled++}");
                var stopped = new Training(folder, set,
                    new Throw(0, hook, call, IsCancellation: true) { Token = new CancellationTokenSource() });
                var exception = Record.Exception(stopped.Fit);
                if (exception is not null) Assert.IsAssignableFrom<OperationCanceledException>(exception);
                stopped.RequireSound(whole);
                var other = new Training(folder, set, throws: null);
                other.Fit();
                Assert.Equal(whole.Outcome, other.Outcome);
            }
        }
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{set}: cancelled in {cancelled} calls"));
    }

    [Theory, MemberData(nameof(Sets))]
    public void A_callback_that_fails_to_take_over_what_was_saved_leaves_the_checkpoint_to_resume_from(string set)
    {
        var whole = new Training(_folder.File("whole"), set, throws: null);
        whole.Fit();
        for (var place = 0; place < whole.Callbacks.Count; place++)
        {
            var folder = _folder.File($"{place}");
            var stopped = new Training(folder, set,
                new Throw(0, nameof(Callback.AfterStep), 5, IsCancellation: true) { Token = new CancellationTokenSource() });
            Assert.IsAssignableFrom<OperationCanceledException>(Record.Exception(stopped.Fit));
            var failing = new Training(folder, set, new Throw(place, nameof(Callback.Restore), 1, IsCancellation: false));
            Assert.Same(failing.Exception, Record.Exception(failing.Fit));
            Assert.All(failing.Callbacks, callback => Assert.Equal((1, 1), (callback.Begun, callback.Ended)));
            var other = new Training(folder, set, throws: null);
            other.Fit();
            Assert.Equal(whole.Outcome, other.Outcome);
        }
    }

    [Fact]
    public void A_fit_that_is_refused_leaves_what_the_callbacks_of_an_earlier_one_remember_alone()
    {
        var (x, w) = (new Placeholder("x", [null]), new Variable("w", [], Initializer.Constant(0)));
        var model = new Model((x * w).Mean(), optimizer: new GradientDescent(1, 0));
        var data = new Dataset { [x] = new float[] { 1, 1 } };
        var (best, average) = (new BestWeights(), new WeightAverage(0.5f));
        model.Fit(data, new FitOptions { Epochs = 3, Callbacks = [average, best] });
        w.Set([42]);
        Assert.Throws<ArgumentException>(() => model.Fit(data, new FitOptions { Epochs = 1, Callbacks = [new Refusing(), average, best] }));
        Assert.Equal(42, w.Value);
    }

    [Fact]
    public void The_lock_of_a_folder_is_given_back_if_the_folder_is_refused()
    {
        var (first, second) = (new Training(_folder.File("run"), "checkpoint", throws: null),
            new Training(_folder.File("run"), "checkpoint", throws: null));
        first.Fit();
        Assert.Throws<DataException>(second.FitAnew);
        first.Fit();
    }

    private sealed class Refusing : Callback
    {
        protected internal override void Begin(TrainingRun run) => throw new ArgumentException("not this one", nameof(run));
    }

    private sealed record Throw(int Place, string Hook, int Call, bool IsCancellation)
    {
        /// <summary>What is cancelled instead of throwing.</summary>
        public CancellationTokenSource? Token { get; init; }

        public Exception Exception { get; } = IsCancellation ? new OperationCanceledException("by a hook")
            : new InvalidTimeZoneException("by a hook");
    }

    /// <summary>A small training with a set of callbacks, one of which may throw.</summary>
    private sealed class Training
    {
        private readonly string _folder;
        private readonly Throw? _throws;
        private readonly Placeholder _x = new("x", [null, 3]), _y = new("y", [null, 1]);
        private readonly Dataset _data, _validation;
        private readonly Optimizer _optimizer = new Adam(0.05f);
        private readonly Model _model;

        public Training(string folder, string set, Throw? throws)
        {
            (_folder, _throws) = (folder, throws);
            var hidden = Layers.Dropout(Layers.BatchNorm(Layers.Dense(_x, 4, name: "hidden"), name: "norm").Tanh(), 0.2f);
            _model = new Model(Losses.MeanSquaredError(Layers.Dense(hidden, 1, name: "out"), _y), optimizer: _optimizer, seed: 3,
                threads: 1);
            (_data, _validation) = (Rows(5, 1), Rows(4, 2));
            Callback[] all = set switch
            {
                "checkpoint" => [],
                "average" => [new WeightAverage(0.9f)],
                "averages" => [new WeightAverage(0.9f), new WeightAverage(0.5f)],
                "best" => [new BestWeights()],
                _ => [new WeightAverage(0.9f), new EarlyStopping(100), new BestWeights(),
                    new TensorBoard($"{folder} board", everySteps: 1)],
            };
            Callback[] callbacks = [.. all, new Checkpoint(folder, everySteps: 2, best: set == "all" ? "loss" : null),
                .. set == "best" ? [new Nothing()] : (Callback[])[]];
            Callbacks = [.. callbacks.Select((callback, place) => new Hooked(callback, this, place == throws?.Place ? throws : null))];
            HasAverage = Array.FindIndex(callbacks, callback => callback is WeightAverage);
            HasBest = Array.FindIndex(callbacks, callback => callback is BestWeights);
        }

        public List<Hooked> Callbacks { get; }

        public Exception? Exception => _throws?.Exception;

        private int HasAverage { get; }

        private int HasBest { get; }

        /// <summary>The weights after each step, and when the averages were put there for a validation.</summary>
        public Dictionary<long, float[]> AfterStep { get; } = [];

        public List<object> Outcome =>
        [
            .. Weights.Of(_model).Cast<object>(), _model.Iterations, _optimizer.LearningRate,
            .. _model.History.Epochs.Select(epoch => (object)(epoch.Epoch, epoch.Loss, epoch.Validation!.Loss, epoch.LearningRate)),
        ];

        public void Fit() => _model.Fit(_data, new FitOptions
        {
            Epochs = Epochs,
            BatchSize = 2,
            Validation = _validation,
            Schedule = Schedule.Linear(0.1),
            Callbacks = Callbacks,
            Resume = _folder,
        }, _throws?.Token?.Token ?? default);

        public void FitAnew() => _model.Fit(_data, new FitOptions
        {
            Epochs = Epochs,
            BatchSize = 2,
            Callbacks = [new Checkpoint(_folder)],
        });

        public void FitAnother()
        {
            var iterations = _model.Iterations;
            _model.Fit(_data, epochs: 1, batchSize: 2);
            Assert.Equal((iterations + 3, 0.05f), (_model.Iterations, _optimizer.LearningRate));
        }

        public void Remember() => AfterStep[_model.Iterations] = Weights.Of(_model);

        public void RequireSound(Training whole)
        {
            Assert.Equal(0.05f, _optimizer.LearningRate);
            Assert.All(Callbacks, callback => Assert.Equal(callback.Begun, callback.Ended));
            // The weights of a step, or what an average or the best epoch has put there at the end.
            var weights = Weights.Of(_model);
            var isOwn = _model.Iterations == 0 || whole.AfterStep[_model.Iterations].AsSpan().SequenceEqual(weights);
            if (HasAverage < 0 && HasBest < 0) Assert.True(isOwn);
            else if (HasBest >= 0 && HasAverage < 0)
                Assert.True(isOwn || whole.AfterStep.Values.Any(step => step.AsSpan().SequenceEqual(weights)));
            else if (!isOwn && HasBest < 0) Assert.True(Callbacks.Exists(callback => callback.HadAverage(weights)));
        }

        private Dataset Rows(int count, int seed)
        {
            var random = new Random(seed);
            return new Dataset
            {
                [_x] = DataArray.From(Numbers(count * 3)).Reshape(count, 3),
                [_y] = DataArray.From(Numbers(count)).Reshape(count, 1)
            };

            float[] Numbers(int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
        }
    }

    private sealed class Nothing : Callback;

    /// <summary>A callback, and what happens to its hooks. The hook throws before it does anything, or after, in turns.</summary>
    private sealed class Hooked(Callback inner, Training training, Throw? throws) : Callback
    {
        public Dictionary<string, int> Calls { get; } = new(StringComparer.Ordinal);

        public int Begun { get; private set; }

        public int Ended { get; private set; }

        protected internal override string Settings => inner.Settings;

        /// <summary>Whether the weights are those that an average has come to.</summary>
        public bool HadAverage(float[] weights)
        {
            if (inner is not WeightAverage) return false;
            _average ??= [];
            return _average.Exists(average => average.AsSpan().SequenceEqual(weights));
        }

        private List<float[]>? _average;

        protected internal override void Begin(TrainingRun run)
        {
            Call(nameof(Begin), () => inner.Begin(run));
            Begun++;
        }

        protected internal override void AfterStep(TrainingRun run)
        {
            training.Remember();
            try
            {
                Call(nameof(AfterStep), () => inner.AfterStep(run));
            }
            finally
            {
                var state = new CallbackState();
                inner.Save(state);
                if (inner is WeightAverage)
                    (_average ??= []).Add([.. Enumerable.Range(0, state.Tensors.Count).SelectMany(i => state.Tensors[$"{i}"])]);
            }
        }

        protected internal override void BeforeValidation(TrainingRun run) =>
            Call(nameof(BeforeValidation), () => inner.BeforeValidation(run));
        protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch) =>
            Call(nameof(AfterEpoch), () => inner.AfterEpoch(run, epoch));
        protected internal override void AfterValidation(TrainingRun run) =>
            Call(nameof(AfterValidation), () => inner.AfterValidation(run), never: true);
        protected internal override void Paused(TrainingRun run, TrainingPause pause) =>
            Call(nameof(Paused), () => inner.Paused(run, pause));
        protected internal override void Save(CallbackState state) => Call(nameof(Save), () => inner.Save(state));
        protected internal override void Restore(TrainingRun run, CallbackState state) =>
            Call(nameof(Restore), () => inner.Restore(run, state));

        protected internal override void End(TrainingRun run)
        {
            Ended++;
            Call(nameof(End), () => inner.End(run), never: true);
        }

        // What gives back what was taken does so before it throws: what it took cannot be given back by anybody else.
        private void Call(string hook, Action what, bool never = false)
        {
            var call = Calls[hook] = Calls.GetValueOrDefault(hook) + 1;
            var isNow = throws is not null && throws.Hook == hook && throws.Call == call;
            var isBefore = isNow && !never && call % 2 == 1;
            if (!isBefore) what();
            if (!isNow) return;
            if (throws!.Token is null) throw throws.Exception;
            throws.Token.Cancel();
            if (isBefore) what();
        }
    }
}
