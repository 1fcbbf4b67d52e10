using System.Globalization;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Stopping and going on as if nothing had been.</summary>
[Trait("Promise", "6")]
[Trait("Promise", "7")]
[Trait("Promise", "8")]
[Trait("Promise", "9")]
public sealed class CheckpointTests : IDisposable
{
    private const int Epochs = 4, BatchSize = 8, Rows = 50;          // seven batches an epoch, the last with two rows
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>A network with everything that remembers: dropout, batch normalisation, Adam, a
    /// schedule, changed rows, and callbacks.</summary>
    private sealed class Training
    {
        private readonly Placeholder _x = new("x", [null, 1, 6, 6]), _y = new("y", [null], ElementType.Int32);
        private readonly Dataset _all;
        private readonly float _shift;

        public Training(ulong seed = 5, Optimizer? optimizer = null, int channels = 3, float shift = 1, int lastLabel = 0)
        {
            _shift = shift;
            var hidden = Layers.Dropout(Layers.BatchNorm(Layers.Conv2D(_x, channels, 3, name: "conv"), name: "norm").Relu(), 0.3f);
            var scores = Layers.Dense(hidden.Flatten(), 3, name: "scores");
            Model = new Model(Losses.SoftmaxCrossEntropy(scores, _y), scores, optimizer ?? new AdamW(0.01f), Metrics.Accuracy(scores, _y),
                seed, threads: 1);
            var random = new Random(1);
            _all = new Dataset
            {
                [_x] = DataArray.From(Enumerable.Range(0, (Rows + 20) * 36).Select(_ => random.NextSingle()).ToArray()).Reshape(Rows + 20,
                    1, 6, 6),
                [_y] = Enumerable.Range(0, Rows + 20).Select(row => row == Rows + 19 ? lastLabel : random.Next(3)).ToArray(),
            };
        }

        public Model Model { get; }

        public History Fit(string? resume = null, int? stopAfter = null, int epochs = Epochs, int accumulate = 1, Schedule? schedule = null,
            params Callback[] more)
        {
            using var source = new CancellationTokenSource();
            Callback[] callbacks = [new WeightAverage(0.9f), new BestWeights("accuracy"), new EarlyStopping(100), .. more];
            if (stopAfter is { } step) callbacks = [.. callbacks, new Stop(step, source)];
            return Model.Fit(_all.Take(Rows).Augment(_x, new ImageAugmentation(6, 6) { Shift = _shift, Rotation = 10 }), new FitOptions
            {
                Epochs = epochs,
                BatchSize = BatchSize,
                Validation = _all.Skip(Rows),
                Schedule = schedule ?? Schedule.OneCycle(),
                Callbacks = callbacks,
                Accumulate = accumulate,
                Resume = resume,
            }, source.Token);
        }

        private sealed class Stop(int step, CancellationTokenSource source) : Callback
        {
            protected internal override void AfterStep(TrainingRun run)
            {
                if (run.Model.Iterations == step) source.Cancel();
            }
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(5, 1)]
    [InlineData(7, 1)]           // at the end of an epoch, before its validation
    [InlineData(8, 1)]
    [InlineData(13, 1)]
    [InlineData(27, 1)]
    [InlineData(4, 3)]           // with gradients gathered and not yet applied
    [InlineData(12, 3)]
    public void A_training_goes_on_as_if_it_had_never_stopped(int step, int accumulate)
    {
        var undisturbed = new Training();
        undisturbed.Fit(stopAfter: int.MaxValue, accumulate: accumulate, more: [new Checkpoint(_folder.File("whole"))]);

        var folder = _folder.File("run");
        var stopped = new Training();
        Assert.ThrowsAny<OperationCanceledException>(() =>
            stopped.Fit(stopAfter: step, accumulate: accumulate, more: [new Checkpoint(folder)]));
        Assert.Equal(step, stopped.Model.Iterations);
        // Another process would begin like this: a new graph, other first weights, another seed.
        var resumed = new Training(seed: 99);
        resumed.Fit(resume: folder, stopAfter: int.MaxValue, accumulate: accumulate, more: [new Checkpoint(folder)]);

        Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(resumed.Model));
        Assert.Equal(undisturbed.Model.Iterations, resumed.Model.Iterations);
        Assert.Equal(Told(undisturbed.Model.History), Told(resumed.Model.History));
        Assert.Equal(undisturbed.Model.Seed, resumed.Model.Seed);
    }

    [Theory]
    [InlineData("gradient descent")]
    [InlineData("momentum")]
    [InlineData("nesterov")]
    [InlineData("adagrad")]
    [InlineData("rmsprop")]
    [InlineData("adam")]
    [InlineData("adamw, clipped")]
    [InlineData("of a user, clipped")]
    public void Every_optimizer_goes_on_from_any_step(string name)
    {
        Optimizer Create() => name switch
        {
            "gradient descent" => new GradientDescent(0.05f, learningRateDecay: 1e-4f),
            "momentum" => new Momentum(0.01f),
            "nesterov" => new Nesterov(0.01f),
            "adagrad" => new AdaGrad(0.01f),
            "rmsprop" => new RmsProp(0.001f),
            "adam" => new Adam(0.01f),
            "of a user, clipped" => new Lion(0.003f) { ClipNorm = 0.5f },
            _ => new AdamW(0.01f) { ClipNorm = 0.5f, ClipValue = 0.1f },
        };
        var undisturbed = new Training(optimizer: Create());
        undisturbed.Fit(stopAfter: int.MaxValue, more: [new Checkpoint(_folder.File("whole"))]);
        var (random, folder, seed) = (new Random(name.Length), _folder.File("run"), 5UL);
        // Stopped three times, each time further on: in an epoch, at its end, or after its first step.
        foreach (var step in Enumerable.Range(1, 27).OrderBy(_ => random.Next()).Take(3).Order())
        {
            var stopped = new Training(seed++, Create());
            Assert.ThrowsAny<OperationCanceledException>(() =>
                stopped.Fit(resume: folder, stopAfter: step, more: [new Checkpoint(folder)]));
            Assert.Equal(step, stopped.Model.Iterations);
        }
        var resumed = new Training(seed, Create());
        resumed.Fit(resume: folder, stopAfter: int.MaxValue, more: [new Checkpoint(folder)]);
        Assert.Equal(Told(undisturbed.Model.History), Told(resumed.Model.History));
        AssertSameState(undisturbed.Model, resumed.Model);
    }

    [Fact]
    public void A_training_that_a_callback_ended_stays_ended()
    {
        var folder = _folder.File("run");
        var ended = new Training();
        ended.Fit(more: [new Enough(), new Checkpoint(folder)]);
        Assert.Equal(2, ended.Model.History.Epochs.Count);
        var resumed = new Training(seed: 8);
        resumed.Fit(resume: folder, more: [new Enough(), new Checkpoint(folder)]);
        Assert.Equal(2, resumed.Model.History.Epochs.Count);
        Assert.Equal("enough", resumed.Model.History.StopReason);
        Weights.AssertSame(Weights.Of(ended.Model), Weights.Of(resumed.Model));
    }

    private sealed class Enough : Callback
    {
        protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
        {
            if (epoch.Epoch == 2) run.Stop("enough");
        }
    }

    // Every tensor and every word of what two models save: variables, the optimizer's memory, running statistics, steps, seed, history.
    private void AssertSameState(Model expected, Model actual)
    {
        var (first, second) = (_folder.File("first"), _folder.File("second"));
        expected.Save(first);
        actual.Save(second);
        var (one, other) = (SavedFile.Of(first), SavedFile.Of(second));
        Assert.Equal(one.Tensors.Keys, other.Tensors.Keys);
        foreach (var (name, tensor) in one.Tensors.Where(one => one.Key != "history/durations"))
        {
            Weights.AssertSame(tensor.Values.ToArray(), other.Tensors[name].Values.ToArray());
            Assert.Equal(tensor.Others?.Bytes, other.Tensors[name].Others?.Bytes);
        }
        Assert.Equal(one.Texts, other.Texts);
    }

    [Fact]
    public void A_training_that_was_killed_goes_on_from_the_last_file()
    {
        var undisturbed = new Training();
        undisturbed.Fit(more: [new Checkpoint(_folder.File("whole"))]);
        var folder = _folder.File("run");
        new Training().Fit(more: [new Checkpoint(folder, everySteps: 3, keep: 100)]);
        Assert.Equal([28, 27, 24, 21, 18, 15, 14, 12, 9, 7, 6, 3], Steps(folder));
        // As if it had been killed at any moment: only the files up to then are there.
        foreach (var file in Directory.GetFiles(folder).OrderDescending().Skip(1))
        {
            File.Delete(Directory.GetFiles(folder).Max()!);
            var resumed = new Training(seed: 1);
            resumed.Fit(resume: folder, more: [new Checkpoint(_folder.File("elsewhere", Path.GetFileName(file)))]);
            Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(resumed.Model));
        }
    }

    [Fact]
    public void The_newest_that_is_whole_counts_and_old_ones_go()
    {
        var folder = _folder.File("run");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "checkpoint-00000007.safetensors.0123.tmp"), "what a kill leaves");
        new Training().Fit(resume: folder, more: [new Checkpoint(folder, keep: 2)]);          // nothing is there yet: it begins
        Assert.Equal([28, 21], Steps(folder));
        var newest = Directory.GetFiles(folder).Max()!;
        var bytes = File.ReadAllBytes(newest);
        bytes[^5] ^= 4;
        File.WriteAllBytes(newest, bytes);
        var resumed = new Training();
        resumed.Fit(resume: folder, more: [new Checkpoint(_folder.File("other"))]);
        Assert.Equal(28, resumed.Model.Iterations);
        Assert.Equal(4, resumed.Model.History.Epochs.Count);
        File.WriteAllText(Directory.GetFiles(folder).Min()!, "nothing");
        Assert.Contains("None of the checkpoints",
            Assert.Throws<DataException>(() => new Training().Fit(resume: folder, more: [new Checkpoint(folder)])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Damaged_checkpoints_are_not_among_those_that_are_kept()
    {
        var folder = _folder.File("run");
        new Training().Fit(stopAfter: int.MaxValue, more: [new Checkpoint(folder)]);
        Assert.Equal([28, 21, 14], Steps(folder));
        File.WriteAllText(Path.Combine(folder, "checkpoint-00000028.safetensors"), "damaged");
        var checkpoint = new Checkpoint(folder, everySteps: 1, keep: 1);
        var resumed = new Training();
        Assert.ThrowsAny<OperationCanceledException>(() => resumed.Fit(resume: folder, stopAfter: 23, more: [checkpoint]));
        Assert.Equal([23], Steps(folder));
    }

    [Fact]
    public void A_folder_in_which_another_training_came_further_is_refused()
    {
        var folder = _folder.File("run");
        new Training().Fit(epochs: 2, more: [new Checkpoint(folder)]);
        var before = Steps(folder);
        var message = Assert.Throws<DataException>(() => new Training().Fit(more: [new Checkpoint(folder)])).Message;
        Assert.Contains($"checkpoint-00000014.safetensors is of a training run that is past step", message, StringComparison.Ordinal);
        Assert.Equal(before, Steps(folder));
    }

    [Fact]
    public void More_epochs_may_be_asked_for()
    {
        var folder = _folder.File("run");
        new Training().Fit(epochs: 2, more: [new Checkpoint(folder)]);
        var longer = new Training();
        longer.Fit(resume: folder, epochs: 3, more: [new Checkpoint(folder)]);
        Assert.Equal(3, longer.Model.History.Epochs.Count);
        longer.Fit(resume: folder, epochs: 3, more: [new Checkpoint(folder)]);          // all is done already
        Assert.Equal(3, longer.Model.History.Epochs.Count);
    }

    [Fact]
    public void What_does_not_fit_is_listed()
    {
        var folder = _folder.File("run");
        new Training().Fit(epochs: 1, more: [new Checkpoint(folder)]);
        void Refused(string words, Func<object> what) =>
            Assert.Contains(words, Assert.Throws<DataException>(what).Message, StringComparison.Ordinal);
        Refused("`variable conv/w [3, 1, 3, 3]` there and `variable conv/w [4, 1, 3, 3]` here",
            () => new Training(channels: 4).Fit(resume: folder, more: [new Checkpoint(folder)]));
        Refused("its optimizer is AdamW(beta 1 0.9, beta 2 0.999, epsilon 1E-08, weight decay 0.01) and not GradientDescent(learning rate "
            + "decay 1E-08)", () => new Training(optimizer: new GradientDescent(0.1f)).Fit(resume: folder, more: [new Checkpoint(folder)]));
        Refused("it accumulates the gradients of 1 batches and not of 2",
            () => new Training().Fit(resume: folder, accumulate: 2, more: [new Checkpoint(folder)]));
        Refused("its learning rate is 0.01 and not 0.02",
            () => new Training(optimizer: new AdamW(0.02f)).Fit(resume: folder, more: [new Checkpoint(folder)]));
        Refused("its schedule is one cycle, up in 0.3 of the steps from 1/25, down to 1/250000 and not constant",
            () => new Training().Fit(resume: folder, schedule: Schedule.Constant, more: [new Checkpoint(folder)]));
        Refused("its data differ: training x [50, 1, 6, 6] ",
            () => new Training(shift: 2).Fit(resume: folder, more: [new Checkpoint(folder)]));
        Refused("its data differ: validation y [20] ",
            () => new Training(lastLabel: 2).Fit(resume: folder, more: [new Checkpoint(folder)]));
        Refused("its callbacks are [WeightAverage, BestWeights, EarlyStopping, Checkpoint] and not [WeightAverage, BestWeights, "
            + "EarlyStopping]", () => new Training().Fit(resume: folder));

        var model = new Training().Model;
        model.Save(_folder.File("model"));
        Refused("is missing", () => { new Training(optimizer: new Momentum(0.1f)).Model.Load(_folder.File("model")); return 0; });
        SafetensorsFile.Write(_folder.File("weights"), new Dictionary<string, NamedTensor>());
        Refused("no trained model", () => { model.Load(_folder.File("weights")); return 0; });
        Refused("no such file", () => { model.Load(_folder.File("nothing")); return 0; });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(517)]
    [InlineData(999)]
    public void Data_of_which_one_row_of_a_thousand_changed_are_others(int row)
    {
        var folder = _folder.File("run");
        void Fit(float value, Callback[] more)
        {
            var (x, y) = (new Placeholder("x", [null, 3]), new Placeholder("y", [null, 1]));
            var rows = new float[1000, 3];
            rows[row, 2] = value;
            new Model(Losses.MeanSquaredError(Layers.Dense(x, 1), y), optimizer: new Momentum(0.01f))
                .Fit(new Dataset { [x] = rows, [y] = new float[1000, 1] }, new FitOptions
                {
                    Epochs = 2,
                    BatchSize = 500,
                    Callbacks = [.. more, new Checkpoint(folder)],
                    Resume = folder,
                });
        }
        Fit(0, [new EarlyStopping(patience: 9), new WeightAverage(0.5f), new BestWeights()]);
        Fit(0, [new EarlyStopping(patience: 9), new WeightAverage(0.5f), new BestWeights()]);
        string Refused(float value, params Callback[] more) => Assert.Throws<DataException>(() => Fit(value, more)).Message;
        Assert.Contains("its data differ: training x [1000, 3] ",
            Refused(1e-30f, new EarlyStopping(patience: 9), new WeightAverage(0.5f), new BestWeights()), StringComparison.Ordinal);
        Assert.Contains(
            "its EarlyStopping was made with [patience 9, loss, lower is better] and not with [patience 3, loss, lower is better, by "
                + "0.5]; its WeightAverage was made with [decay 0.5] and not with [decay 0.9]; "
            + "its BestWeights was made with [loss, lower is better] and not with [loss, higher is better]",
            Refused(0, new EarlyStopping(patience: 3, atLeast: 0.5), new WeightAverage(0.9f), new BestWeights(higherIsBetter: true)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\"step\":7", "\"step\":-7", "a step before the first")]
    [InlineData("\"epoch\":1,\"batch\"", "\"epoch\":2147483647,\"batch\"", "an impossible position in the training")]
    [InlineData("\"batch\":0", "\"batch\":-1", "an impossible position in the training")]
    [InlineData("\"callbacks\":[", "\"callbacks\":[null,", "a callback that is null")]
    [InlineData("\"numbers\":{", "\"others\":{", "lacks what WeightAverage saves as `steps`")]
    [InlineData("\"sums\":[", "\"sums\":[1,", "it watches 3 losses and metrics and not 2")]
    [InlineData("\"version\":4", "\"version\":0", "a version 0")]
    [InlineData("\"version\":4", "\"version\":5", "a newer version")]
    [InlineData("\"version\":4", "\"version\":3", "a node or an epoch that is null")]
    [InlineData("\"graphPlace\":", "\"more\":", "no graph")]
    [InlineData("\"graphPlace\":\"graph\"", "\"graphPlace\":\"conv/b\"", "lacks 'conv/b', its graph")]
    [InlineData("[\"accuracy\"]", "[\"accuracies\"]", "epoch 1 of its history has other metrics than accuracy")]
    [InlineData("\"training\":[\"accuracy\"]", "\"training\":[]", "'history/epochs' is missing, or does not fit the rest")]
    [InlineData("\"training\":[\"accuracy\"]", "\"training\":[null]", "a name that is null")]
    [InlineData("\"validation\":[\"accuracy\"]", "\"validation\":null", "'history/epochs' is missing, or does not fit the rest")]
    [InlineData("\"place\":\"history/epochs\"", "\"place\":\"nowhere\"", "'nowhere' is missing, or does not fit the rest")]
    [InlineData("\"durations\":\"history/durations\"", "\"durations\":\"history/rates\"", "'history/rates' is missing, or does not fit")]
    [InlineData("\"rates\":\"history/rates\"", "\"rates\":\"conv/b\"", "'conv/b' is missing, or does not fit the rest")]
    [InlineData("\"before\":0", "\"before\":7", "epochs before it that are nowhere")]
    [InlineData("\"before\":0", "\"before\":-1", "epochs before it that are nowhere")]
    [InlineData("\"before\":0,\"earlier\":null", "\"before\":7,\"earlier\":\"history-7\"", "there is no such file")]
    [InlineData("\"before\":0,\"earlier\":null", "\"before\":7,\"earlier\":\"../run/x\"", "which is not a file beside it")]
    [InlineData("\"tables\":[", "\"tables\":[],\"more\":[", "fewer losses than epochs, from 1 on")]
    [InlineData("\"tables\":[", "\"tables\":[null,", "a name that is null")]
    [InlineData("\"kinds\":null", "\"kinds\":\"history/durations\"", "'history/durations' is missing, or does not fit the rest")]
    [InlineData("\"kinds\":null", "\"kinds\":\"nowhere\"", "'nowhere' is missing, or does not fit the rest")]
    [InlineData("\"stopReason\":null", "\"stopReason\":\"\"", "a reason to stop that is empty")]
    [InlineData("\"elapsed\":\"", "\"elapsed\":\"10675199.02:48:05.4775807\",\"more\":\"", "an impossible position in the training")]
    [InlineData("\"position\":", "\"position\":1", "an impossible position in the training")]
    [InlineData("\"position\":7", "\"position\":6", "it is at batch 0 of epoch 2, step 6")]
    [InlineData("\"summedRows\":0", "\"summedRows\":8", "after 8 rows")]
    [InlineData("\"batchSize\":8", "\"batchSize\":0", "settings that are invalid")]
    [InlineData("\"best epoch\":", "\"best epoch\":0.5,\"more\":", "which is a count")]
    [InlineData("\"steps\":", "\"steps\":-", "which is a count")]
    [InlineData("\"tensors\":{\"0\":\"callback 0/0\"", "\"tensors\":{\"0\":\"nowhere\"",
        "lacks what WeightAverage saves as `0`")]
    [InlineData("\"tensors\":{\"0\":\"callback 0/0\"", "\"tensors\":{\"0\":null", "a name that is null")]
    [InlineData("\"callbackSettings\":[", "\"callbackSettings\":[\"\",", "settings of other callbacks")]
    public void A_state_that_lies_is_refused(string part, string lie, string words)
    {
        var folder = _folder.File("run");
        new Training().Fit(epochs: 1, more: [new Checkpoint(folder)]);
        var path = Directory.GetFiles(folder).Single();
        SavedFile.Replace(path, part, lie);
        Assert.Contains(words,
            Assert.Throws<DataException>(() => new Training().Fit(resume: folder, more: [new Checkpoint(folder)])).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_is_saved_and_loaded_with_all_it_remembers()
    {
        var first = new Training();
        first.Fit(epochs: 2);
        first.Model.Save(_folder.File("model"));
        var second = new Training(seed: 3);
        second.Model.Load(_folder.File("model"));
        Assert.Equal(Told(first.Model.History), Told(second.Model.History));
        first.Fit(epochs: 2);
        second.Fit(epochs: 2);
        Weights.AssertSame(Weights.Of(first.Model), Weights.Of(second.Model));
    }

    [Fact]
    public void The_best_epoch_is_kept_beside_the_others()
    {
        var (training, folder) = (new Training(), _folder.File("run"));
        var history = training.Fit(more: [new Checkpoint(folder, best: "loss")]);
        var loaded = new Training();
        loaded.Model.Load(Path.Combine(folder, "best.safetensors"));
        var best = history.Epochs.MinBy(epoch => epoch.Validation!.Loss)!;
        Assert.Equal(best.Epoch, loaded.Model.History.Last.Epoch);
        Assert.Throws<ArgumentOutOfRangeException>(() => new Checkpoint("x", everySteps: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new Checkpoint("x", keep: 0));
        Assert.Throws<ArgumentException>(() => new Checkpoint(""));
    }

    private static long[] Steps(string folder) =>
        [.. Directory.GetFiles(folder).Select(file => long.Parse(Path.GetFileNameWithoutExtension(file)["checkpoint-".Length..]))
            .OrderDescending()];

    // All but the time it took.
    private static string[] Told(History history) =>
        [.. history.Epochs.Select(epoch => string.Create(CultureInfo.InvariantCulture,
            $"{epoch.Epoch} {epoch.Loss:R} {epoch.Training.Metrics["accuracy"]:R} "
            + $"{epoch.Validation!.Loss:R} {epoch.Validation.Metrics["accuracy"]:R} {epoch.LearningRate:R}"))];
}
