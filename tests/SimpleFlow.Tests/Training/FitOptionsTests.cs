using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>The settings of a fit, the rows that a sampler chooses, and what callbacks can save.</summary>
public sealed class FitOptionsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly Placeholder _x = new("x", [null]);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_setting_is_checked_when_it_is_set()
    {
        Assert.Equal("Epochs", Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { Epochs = 0 }).ParamName);
        Assert.Equal("BatchSize",
            Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { Epochs = 1, BatchSize = -1 }).ParamName);
        Assert.Equal("Accumulate",
            Assert.Throws<ArgumentOutOfRangeException>(() => new FitOptions { Epochs = 1, Accumulate = 0 }).ParamName);
        Assert.Throws<ArgumentNullException>(() => new FitOptions { Epochs = 1, Callbacks = null! });
    }

    [Fact]
    public void The_short_call_trains_as_the_options_do()
    {
        var (byCall, byOptions) = (Model(), Model());
        byCall.Fit(Data(), epochs: 3, batchSize: 2, validation: Data());
        byOptions.Fit(Data(), new FitOptions { Epochs = 3, BatchSize = 2, Validation = Data() });
        Assert.Equal(byCall.Variables[0].Values.ToArray(), byOptions.Variables[0].Values.ToArray());
        Assert.Equal(byCall.History.Epochs.Select(epoch => epoch.Validation!.Loss),
            byOptions.History.Epochs.Select(epoch => epoch.Validation!.Loss));
    }

    [Fact]
    public void A_sampler_chooses_the_rows_of_every_epoch()
    {
        // A variable that holds the sum of the rows it has seen.
        var seen = new Variable("seen", [], Initializer.Zeros());
        var model = new Model((seen * -1f * _x.Mean()), optimizer: new GradientDescent(1, learningRateDecay: 0));
        model.Fit(Data(), new FitOptions { Epochs = 2, BatchSize = 1, Sampler = epoch => epoch == 0 ? [3, 3, 0] : [1, 1, 1] });
        Assert.Equal(4 + 4 + 1 + 2 + 2 + 2, seen.Value);
        Assert.Equal(6, model.Iterations);
    }

    [Fact]
    public void A_sampler_gives_as_many_rows_in_each_epoch_and_only_rows_of_the_data()
    {
        void Refused(string words, Func<int, IReadOnlyList<int>> sampler) => Assert.Contains(
            words, Assert.Throws<DataException>(() => Model().Fit(Data(), new FitOptions { Epochs = 2, Sampler = sampler })).Message,
            StringComparison.Ordinal);
        Refused("gives no rows for epoch 0", _ => []);
        Refused("gives row 4 for epoch 0, and the data have rows 0 to 3", _ => [4]);
        Refused("gives 2 rows for epoch 1, and 1 for epoch 0", epoch => new int[epoch + 1]);
    }

    [Fact]
    public void Training_resumes_with_the_same_sampler_and_is_refused_with_another()
    {
        FitOptions Options(int epochs, Func<int, IReadOnlyList<int>> sampler) => new()
        {
            Epochs = epochs,
            BatchSize = 2,
            Sampler = sampler,
            Callbacks = [new Checkpoint(_folder.File("run"))],
            Resume = _folder.File("run"),
        };
        IReadOnlyList<int> Sampler(int epoch) => [epoch % 4, 1, 2];
        Model().Fit(Data(), Options(2, Sampler));
        var resumed = Model();
        resumed.Fit(Data(), Options(4, Sampler));
        var whole = Model();
        whole.Fit(Data(), new FitOptions { Epochs = 4, BatchSize = 2, Sampler = Sampler });
        Assert.Equal(whole.Variables[0].Values.ToArray(), resumed.Variables[0].Values.ToArray());
        Assert.Contains("its data differ: sampled rows",
            Assert.Throws<DataException>(() => Model().Fit(Data(), Options(5, _ => [2, 1, 2]))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_callback_of_ones_own_saves_what_can_be_resumed()
    {
        var folder = _folder.File("own");
        var whole = Model();
        whole.Fit(Data(), new FitOptions { Epochs = 4, BatchSize = 3, Callbacks = [new Saving(null)] });
        Model().Fit(Data(), new FitOptions { Epochs = 2, BatchSize = 3, Callbacks = [new Saving(folder)] });
        var resumed = Model();
        resumed.Fit(Data(), new FitOptions { Epochs = 4, BatchSize = 3, Callbacks = [new Saving(null)], Resume = folder });
        Assert.Equal(whole.Variables[0].Values.ToArray(), resumed.Variables[0].Values.ToArray());
        Assert.Equal(4, resumed.History.Epochs.Count);
        var used = Model();
        used.Load(Path.Combine(folder, "model.safetensors"));
        Assert.Equal(2 * 2, used.Iterations);
    }

    [Fact]
    public void A_folder_can_be_claimed_before_training_and_cleared()
    {
        var folder = _folder.File("claimed");
        var checkpoint = new Checkpoint(folder);
        using (checkpoint.Claim())
        {
            Assert.Throws<SaveException>(() => new Checkpoint(folder).Claim());
            Model().Fit(Data(), new FitOptions { Epochs = 3, Callbacks = [checkpoint] });
            Assert.Throws<SaveException>(() => new Checkpoint(folder).Claim());
        }
        new Checkpoint(folder).Claim().Dispose();
        Assert.Equal(3, Directory.GetFiles(folder, "checkpoint-*").Length);
        checkpoint.Prune(keep: 1);
        Assert.EndsWith("checkpoint-00000003.safetensors", Assert.Single(Directory.GetFiles(folder, "checkpoint-*")),
            StringComparison.Ordinal);
        checkpoint.Prune(keep: 0);
        Assert.Empty(Directory.GetFiles(folder));
    }

    private Dataset Data() => new() { [_x] = new float[] { 1, 2, 3, 4 } };

    private Model Model() => new((_x * new Variable("w", [], Initializer.Constant(0.5f)) - 1f).Power(2).Mean(),
        optimizer: new GradientDescent(0.01f), threads: 1);

    private sealed class Saving(string? folder) : Callback
    {
        protected internal override void Paused(TrainingRun run, TrainingPause pause)
        {
            if (folder is null || pause != TrainingPause.Epoch) return;
            run.Save(Path.Combine(folder, $"checkpoint-{run.Model.Iterations}.safetensors"));
            run.SaveModel(Path.Combine(folder, "model.safetensors"));
        }
    }
}
