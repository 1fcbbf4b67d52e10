using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>The history in saved files: bit for bit, in files that checkpoints share, and refused if it lies.</summary>
[Trait("Promise", "6")]
[Trait("Promise", "7")]
[Trait("Promise", "9")]
public sealed class SavedHistoryTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    /// <summary>The smallest training with a metric and a validation: one epoch is one step.</summary>
    private sealed class Line
    {
        private readonly Dataset _data;

        public Line()
        {
            var (x, y) = (new Placeholder("x", [null, 2]), new Placeholder("y", [null, 1]));
            var output = Layers.Dense(x, 1, name: "line");
            Model = new Model(Losses.MeanSquaredError(output, y), output, new Momentum(0.01f), (output - y).Abs().Mean(name: "error"),
                seed: 1, threads: 1);
            _data = new Dataset { [x] = new float[,] { { 1, 2 }, { 3, 1 }, { 0, 1 } }, [y] = new float[] { 1, 2, -1 } };
        }

        public Model Model { get; }

        public void Fit(int epochs, string? resume, params Callback[] callbacks) => Model.Fit(_data, new FitOptions
        {
            Epochs = epochs,
            BatchSize = 3,
            Validation = _data,
            Callbacks = callbacks,
            Resume = resume,
        });

        public Line Resumed(int epochs, string folder, int length = 4)
        {
            Fit(epochs, folder, new Checkpoint(folder, keep: 3, best: "loss") { HistoryLength = length });
            return this;
        }
    }

    // All that an epoch has, as bits.
    private static string[] Told(Model model) => [.. model.History.Epochs.Select(epoch => $"{epoch.Epoch} {Bits(epoch.Training)} "
        + $"{(epoch.Validation is { } validation ? Bits(validation) : "none")} {BitConverter.SingleToInt32Bits(epoch.LearningRate)}")];

    private static string Bits(Evaluation one) => $"{BitConverter.DoubleToInt64Bits(one.Loss)} "
        + string.Join(' ', one.Metrics.Select(metric => $"{metric.Key}={BitConverter.DoubleToInt64Bits(metric.Value)}"));

    private static string[] HistoryFilesOf(string folder) =>
        [.. Directory.GetFiles(folder, HistoryFiles.Pattern).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    [Fact]
    public void Whatever_an_epoch_holds_comes_back_bit_for_bit()
    {
        double[] odd = [0, -0.0, double.NaN, BitConverter.Int64BitsToDouble(0x7FF8_0000_0000_1234), double.PositiveInfinity,
            double.NegativeInfinity, double.Epsilon, Math.PI, -1e308, 1 / 3.0];
        var (saved, loaded) = (new Line().Model, new Line().Model);
        for (var i = 0; i < 200; i++)
        {
            // Metrics and validations come and go, as in a model that is trained in several ways.
            var metrics = Enumerable.Range(0, i % 4).ToDictionary(j => $"metric \n{j * (i % 3)}{j}", j => odd[(i + j) % odd.Length]);
            saved.History.Add(new EpochResult(i + 1, new Evaluation(odd[i % odd.Length], metrics),
                i % 7 < 3 ? null : new Evaluation(odd[(i + 3) % odd.Length], i % 2 == 0 ? metrics : new Dictionary<string, double>()),
                TimeSpan.FromTicks(i * 12_345_678_901L))
            { LearningRate = i * 0.1f });
        }
        saved.Save(_folder.File("model"));
        loaded.Load(_folder.File("model"));
        Assert.Equal(Told(saved), Told(loaded));
        Assert.Equal(saved.History.Epochs.Select(epoch => epoch.Duration), loaded.History.Epochs.Select(epoch => epoch.Duration));
    }

    [Theory]
    [InlineData("history/durations", -1L, "an epoch with an invalid duration, 3")]
    [InlineData("history/durations", long.MaxValue, "an epoch with an invalid duration, 3")]
    [InlineData("history/durations", long.MinValue, "an epoch with an invalid duration, 3")]
    [InlineData("history/kinds", 2L, "'history/kinds' is missing, or does not fit the rest of it")]
    [InlineData("history/kinds", -1L, "'history/kinds' is missing, or does not fit the rest of it")]
    [InlineData("history/kinds", 1L, "fewer losses than epochs, from 5 on")]
    [InlineData("history/rates", float.NaN, "an epoch with an invalid learning rate, 3")]
    [InlineData("history/rates", -1f, "an epoch with an invalid learning rate, 3")]
    [InlineData("history/rates", float.PositiveInfinity, "an epoch with an invalid learning rate, 3")]
    public void A_number_that_no_training_can_have_written_is_refused(string tensor, object lie, string words)
    {
        SaveTwoKinds("model");
        SavedFile.Change(_folder.File("model"), (tensors, _) =>
        {
            var old = tensors[tensor];
            if (lie is float rate)
            {
                var rates = old.Values.ToArray();
                rates[2] = rate;
                tensors[tensor] = new WrittenTensor(old.Shape, rates);
            }
            else
            {
                var numbers = old.Others!.ToLongs();
                numbers[2] = (long)lie;
                tensors[tensor] = new WrittenTensor(old.Shape, StoredNumbers.Of(numbers));
            }
        });
        Refused("model", words);
    }

    [Theory]
    [InlineData("history/durations", 4, "'history/rates' is missing, or does not fit")]
    [InlineData("history/durations", 6, "'history/rates' is missing, or does not fit")]
    [InlineData("history/rates", 4, "'history/rates' is missing, or does not fit")]
    [InlineData("history/kinds", 4, "'history/kinds' is missing, or does not fit")]
    [InlineData("history/epochs", 1, "fewer losses than epochs, from 2 on")]
    [InlineData("history/epochs 2", 9, "more losses than epochs")]
    public void Tensors_of_other_lengths_are_refused(string tensor, int rows, string words)
    {
        SaveTwoKinds("model");
        SavedFile.Change(_folder.File("model"), (tensors, _) =>
        {
            var old = tensors[tensor];
            long[] shape = [rows, .. old.Shape.Skip(1)];
            var count = (int)shape.Aggregate(1L, (product, size) => product * size);
            tensors[tensor] = old.Others is { } others ? new WrittenTensor(shape, new StoredNumbers(others.Type, new byte[8 * count]))
                : new WrittenTensor(shape, new float[count]);
        });
        Refused("model", words);
    }

    [Fact]
    public void Tensors_of_other_types_and_shapes_are_refused()
    {
        SaveTwoKinds("model");
        foreach (var name in (string[])["history/durations", "history/rates", "history/kinds", "history/epochs", "history/epochs 2"])
        {
            SavedFile.Change(_folder.File("model"), (tensors, _) => tensors[name] = new WrittenTensor([5], StoredNumbers.Of(new double[5])),
                to: _folder.File("bad"));
            Refused("bad", name);
            SavedFile.Change(_folder.File("model"), (tensors, _) => tensors.Remove(name), to: _folder.File("bad"));
            Refused("bad", $"'{name}' is missing");
        }
    }

    private void SaveTwoKinds(string name)
    {
        var model = new Line().Model;
        for (var i = 0; i < 5; i++)
            model.History.Add(new EpochResult(i + 1, new Evaluation(i, new Dictionary<string, double>()),
                i < 3 ? null : new Evaluation(i, new Dictionary<string, double>()), TimeSpan.FromSeconds(1)));
        model.Save(_folder.File(name));
    }

    private void Refused(string name, string words) => Assert.Contains(words,
        Assert.Throws<DataException>(() => new Line().Model.Load(_folder.File(name))).Message, StringComparison.Ordinal);

    [Theory, InlineData(1), InlineData(4), InlineData(256)]
    public void A_training_goes_on_whatever_share_of_its_history_is_in_other_files(int length)
    {
        var (undisturbed, folder) = (new Line(), _folder.File("run"));
        undisturbed.Fit(30, resume: null, new Checkpoint(_folder.File("whole"), keep: 3, best: "loss"));
        new Line().Resumed(11, folder, length);
        Assert.Equal(11 / length, HistoryFilesOf(folder).Length);
        new Line().Resumed(12, folder, length);
        var resumed = new Line().Resumed(30, folder, length);
        Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(resumed.Model));
        Assert.Equal(Told(undisturbed.Model), Told(resumed.Model));
        Assert.Equal(30 / length, HistoryFilesOf(folder).Length);
        // The best epoch, and a checkpoint, as models.
        foreach (var file in (string[])["best.safetensors", "checkpoint-00000030.safetensors"])
        {
            var loaded = new Line().Model;
            loaded.Load(Path.Combine(folder, file));
            Assert.Equal(Told(undisturbed.Model)[..loaded.History.Epochs.Count], Told(loaded));
        }
    }

    [Fact]
    public void A_checkpoint_that_was_copied_without_its_history_says_what_is_missing()
    {
        var (folder, other) = (_folder.File("run"), _folder.File("other"));
        new Line().Resumed(11, folder);
        Directory.CreateDirectory(other);
        File.Copy(Path.Combine(folder, "checkpoint-00000011.safetensors"), Path.Combine(other, "checkpoint-00000011.safetensors"));
        foreach (var error in (Exception[])[Assert.Throws<DataException>(() => new Line().Resumed(20, other)),
            Assert.Throws<DataException>(() => new Line().Model.Load(Path.Combine(other, "checkpoint-00000011.safetensors")))])
        {
            Assert.Contains("continues a history of 8 epochs in history-00000008-", error.Message, StringComparison.Ordinal);
            Assert.Contains("copy the files history-*.safetensors of its folder too", error.Message, StringComparison.Ordinal);
        }
        foreach (var name in HistoryFilesOf(folder)) File.Copy(Path.Combine(folder, name), Path.Combine(other, name));
        Assert.Equal(20, new Line().Resumed(20, other).Model.History.Epochs.Count);
        // The training goes on in another folder: that has all it needs.
        var third = _folder.File("third");
        new Line().Fit(20, folder, new Checkpoint(third, best: "loss") { HistoryLength = 4 });
        Directory.Delete(folder, recursive: true);
        Assert.Equal(22, new Line().Resumed(22, third).Model.History.Epochs.Count);
    }

    [Fact]
    public void If_a_file_of_the_history_is_damaged_the_checkpoint_before_it_is_taken_and_the_file_is_written_again()
    {
        var folder = _folder.File("run");
        new Line().Resumed(13, folder);
        var files = HistoryFilesOf(folder);
        Assert.Equal(["history-00000004-", "history-00000008-", "history-00000012-"], files.Select(name => name[..17]));
        // Checkpoints 12 and 13 continue 12 epochs, checkpoint 11 continues 8.
        var damaged = Path.Combine(folder, files[2]);
        var bytes = File.ReadAllBytes(damaged);
        bytes[^3] ^= 1;
        File.WriteAllBytes(damaged, bytes);
        Assert.EndsWith("checkpoint-00000011.safetensors", CheckpointFolder.NewestPath(folder), StringComparison.Ordinal);
        var resumed = new Line().Resumed(16, folder);
        var undisturbed = new Line();
        undisturbed.Fit(16, resume: null);
        Assert.Equal(Told(undisturbed.Model), Told(resumed.Model));
        Assert.EndsWith("checkpoint-00000016.safetensors", CheckpointFolder.NewestPath(folder), StringComparison.Ordinal);

        File.Delete(Path.Combine(folder, files[0]));
        Assert.Contains($"in {files[0]} beside it, which cannot be read",
            Assert.Throws<DataException>(() => new Line().Resumed(17, folder)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Files_that_lead_in_a_circle_are_refused()
    {
        var folder = _folder.File("run");
        new Line().Resumed(9, folder);
        var files = HistoryFilesOf(folder);
        SavedFile.Replace(Path.Combine(folder, files[0]), "\"before\":0,\"earlier\":null", $"\"before\":8,\"earlier\":\"{files[1]}\"");
        Assert.Contains("does not end with epoch 4", Assert.Throws<DataException>(() => new Line().Resumed(10, folder)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void An_epoch_that_is_taken_back_is_taken_from_the_history_files_too()
    {
        var folder = _folder.File("run");
        // The best epoch is saved before another callback cancels the epoch's end.
        var line = new Line();
        Assert.ThrowsAny<OperationCanceledException>(() => line.Fit(9, resume: null,
            new Checkpoint(folder, best: "loss") { HistoryLength = 4 }, new CancelsAfter(4)));
        Assert.Equal(3, line.Model.History.Epochs.Count);
        var resumed = new Line();
        resumed.Fit(9, folder, new Checkpoint(folder, best: "loss") { HistoryLength = 4 }, new CancelsAfter(100));
        var undisturbed = new Line();
        undisturbed.Fit(9, resume: null);
        Assert.Equal(Told(undisturbed.Model), Told(resumed.Model));
        new Checkpoint(folder).Prune(0);
        Assert.Empty(Directory.GetFiles(folder));
    }

    private sealed class CancelsAfter(int epoch) : Callback
    {
        protected internal override void AfterEpoch(TrainingRun run, EpochResult result)
        {
            if (result.Epoch == epoch) throw new OperationCanceledException();
        }
    }
}
