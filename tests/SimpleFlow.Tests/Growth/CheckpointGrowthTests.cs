using SimpleFlow.Tests.Plots;
using SimpleFlow.Tests.Training;

namespace SimpleFlow.Tests.Growth;

/// <summary>That histories and checkpoints grow with the epochs, and no faster.</summary>
public sealed class CheckpointGrowthTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private static (Model Model, Dataset Data) Line()
    {
        var x = new Placeholder("x", [null, 1]);
        return (new Model((x * new Variable("w", [1])).Power(2).Mean(), optimizer: new GradientDescent(0.01f), threads: 1),
            new Dataset { [x] = new float[,] { { 1 } } });
    }

    private static Model WithEpochs(int count, int metrics)
    {
        var model = Line().Model;
        var names = Enumerable.Range(0, metrics).ToDictionary(i => $"m{i}", i => 1.0 / i);
        for (var i = 0; i < count; i++) model.History.Add(new EpochResult(i + 1, new Evaluation(i, names), null, TimeSpan.FromTicks(i)));
        return model;
    }

    [Theory, InlineData(0), InlineData(3)]
    public void An_epoch_takes_twenty_bytes_and_eight_for_every_metric(int metrics)
    {
        WithEpochs(1_000, metrics).Save(_folder.File("short"));
        WithEpochs(50_000, metrics).Save(_folder.File("long"));
        var more = new FileInfo(_folder.File("long")).Length - new FileInfo(_folder.File("short")).Length;
        // The header, whose length is bounded, grows by the digits of a few sizes.
        Assert.InRange(more, 49_000 * (20 + 8 * metrics), 49_000 * (20 + 8 * metrics) + 64);
        var loaded = Line().Model;
        loaded.Load(_folder.File("long"));
        Assert.Equal(50_000, loaded.History.Last.Epoch);
        Assert.Equal(TimeSpan.FromTicks(49_999), loaded.History.Last.Duration);
    }

    [Fact]
    public void A_graph_of_many_nodes_does_not_fill_the_header()
    {
        Node sum = new Variable("w", [1]);
        for (var i = 0; i < 20_000; i++) sum = (sum + i).Tanh();
        var model = new Model(sum.Sum(), optimizer: new GradientDescent());
        model.Save(_folder.File("model"));
        using (var file = SafetensorsReader.Open(_folder.File("model"), requireChecksum: true))
            Assert.InRange(file.Metadata.Sum(text => text.Key.Length + text.Value.Length), 1, 2_000);
        model.Load(_folder.File("model"));
    }

    [Fact]
    public void Checkpoints_of_ten_times_the_epochs_write_ten_times_the_bytes()
    {
        var files = new CountingFiles();
        var (model, data) = Line();
        model.Fit(data, new FitOptions
        {
            Epochs = 2_048,
            BatchSize = 1,
            Callbacks = [new Checkpoint(_folder.File("run"), best: "loss") { Files = files }],
        });
        var checkpoints = files.Lengths;
        // Each has the epochs since the last whole 256, and is as long as the first of one epoch apart from them and from their digits.
        Assert.InRange(checkpoints.Max(), 1, checkpoints[1] + 255 * 20 + 512);
        // The best epoch is the last, each time; and a file of each 256 epochs comes to those.
        Assert.Equal(2 * 2_048 + 8, checkpoints.Count);
        Assert.Equal(8, Directory.GetFiles(_folder.File("run"), HistoryFiles.Pattern).Length);
        Assert.InRange(checkpoints.TakeLast(2 * 1_024 + 4).Sum(), 0, 1.03 * checkpoints.Take(2 * 1_024 + 4).Sum());
    }
}
