using System.Diagnostics;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Saving where files fail: the old ones stay, nothing is left beside them, and the error says so.</summary>
[Trait("Promise", "8")]
public sealed class FullDiskTests(ITestOutputHelper output) : IDisposable
{
    private const int Steps = 3;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(false, 256)]
    [InlineData(true, 256)]      // a disk that does not come back
    [InlineData(false, 1)]       // a file of history for every epoch
    [InlineData(true, 1)]
    public void Whatever_call_fails_the_training_goes_on_from_a_checkpoint_as_if_nothing_had_been(bool always, int historyLength)
    {
        Checkpoint Saving(string to, FileLayer? files = null) =>
            new(to, everySteps: 1, keep: 2, best: "loss") { Files = files ?? FileLayer.Disk, HistoryLength = historyLength };
        var undisturbed = new Line();
        undisturbed.Fit(Steps, Saving(_folder.File("whole")));
        var begun = _folder.File("begun");
        new Line().Fit(1, Saving(begun));

        var (failures, refused) = (0, 0);
        for (var call = 0; ; call++)
        {
            var folder = _folder.File($"run-{call}");
            Directory.CreateDirectory(folder);
            foreach (var file in Directory.GetFiles(begun)) File.Copy(file, Path.Combine(folder, Path.GetFileName(file)));
            var files = new FailingFiles(call, always);
            var checkpoint = Saving(folder, files);
            var line = new Line();
            try
            {
                line.Fit(Steps, checkpoint, folder);
            }
            catch (SaveException exception)
            {
                refused++;
                Assert.StartsWith($"{exception.Path} cannot be saved: ", exception.Message, StringComparison.Ordinal);
                Assert.StartsWith(folder, exception.Path, StringComparison.Ordinal);
                Assert.True(WholeFile.IsOfFiles(exception.InnerException!));
                // The model stands after a step and can be used.
                Assert.All(line.Model.Variables,
                    variable => Assert.DoesNotContain(TensorMemory.ToArray(variable.Values), value => !float.IsFinite(value)));
            }
            failures += files.Failures;
            if (!always) Assert.DoesNotContain(Directory.GetFiles(folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
            var newest = CheckpointFolder.NewestPath(folder)!;
            if (checkpoint.Path is { } acknowledged) Assert.Equal(acknowledged, newest);

            var resumed = new Line();
            resumed.Fit(Steps, Saving(folder), folder);
            Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(resumed.Model));
            Assert.DoesNotContain(Directory.GetFiles(folder), file => file.EndsWith(".tmp", StringComparison.Ordinal));
            // two checkpoints and the best; and one that could not be removed, where nothing was saved after it
            var history = Directory.GetFiles(folder, HistoryFiles.Pattern);
            Assert.InRange(Directory.GetFiles(folder).Length - history.Length, 3, 4);
            // an epoch that was trained again took another time
            Assert.InRange(history.Length, Steps / historyLength, Steps / historyLength + 1);
            if (files.Failures == 0) break;
        }
        output.WriteLine(
            $"{failures:N0} calls failed{(always ? " (from one on, all)" : "")}, {refused:N0} of the fits ended with a SaveException, no "
                + "checkpoint was lost");
        Assert.True(refused > 20);
    }

    [Fact]
    public void Whatever_call_fails_the_old_network_stays()
    {
        var network = Small();
        var path = _folder.File("kept", "network.safetensors");
        network.Save(path);
        var before = File.ReadAllBytes(path);
        network.Model.Variables[0].Set(new float[network.Model.Variables[0].Memory.Length]);
        var call = 0;
        for (; ; call++)
        {
            var files = new FailingFiles(call);
            if (Record.Exception(() => network.Save(path, files)) is not { } exception) break;
            Assert.IsType<SaveException>(exception);
            Assert.Equal(before, File.ReadAllBytes(path));
            Assert.Equal([path], Directory.GetFiles(_folder.File("kept")));
        }
        Assert.NotEqual(before, File.ReadAllBytes(path));
        output.WriteLine($"{call} calls failed one by one, and the old file stayed");
        Assert.True(call > 5);
    }

    [Fact]
    public void A_disk_of_one_megabyte_fills_up_and_no_checkpoint_is_lost()
    {
        var disk = _folder.File("disk");
        Directory.CreateDirectory(disk);
        if (!OperatingSystem.IsLinux() || Run("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", disk) is not (0, _))
            Assert.Skip("A disk of one megabyte can be mounted by root on Linux alone.");
        try
        {
            var folder = Path.Combine(disk, "run");
            var checkpoint = new Checkpoint(folder, everySteps: 1, keep: 1000);
            var line = new Line(width: 4000);
            var exception = Assert.Throws<SaveException>(() => line.Fit(1000, checkpoint));
            Assert.Contains("No space left on device", exception.Message, StringComparison.Ordinal);
            var saved = Directory.GetFiles(folder);
            Assert.All(saved, file => Assert.EndsWith(".safetensors", file, StringComparison.Ordinal));
            Assert.True(saved.Length >= 5);
            Assert.All(saved, file => SafetensorsFile.Read(file, requireChecksum: true));
            Assert.Equal(checkpoint.Path, CheckpointFolder.NewestPath(folder)!);
            Assert.Equal(line.Model.Iterations - 1, Saver.SavedTraining.StepOf(checkpoint.Path!));

            // A model that is saved over an older one needs room for both.
            var before = File.ReadAllBytes(saved[0]);
            Assert.Throws<SaveException>(() => line.Model.Save(saved[0]));
            Assert.Equal(before, File.ReadAllBytes(saved[0]));
            Assert.Equal(saved.Order(), Directory.GetFiles(folder).Order());

            // With room again it goes on.
            foreach (var old in saved.Order().SkipLast(1)) File.Delete(old);
            var resumed = new Line(width: 4000);
            resumed.Fit((int)line.Model.Iterations + 2, new Checkpoint(folder, everySteps: 1, keep: 2), folder);
            var undisturbed = new Line(width: 4000);
            undisturbed.Fit((int)line.Model.Iterations + 2, new Checkpoint(_folder.File("whole")));
            Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(resumed.Model));
            output.WriteLine($"{saved.Length} checkpoints of {before.Length:N0} bytes fitted; the one after them was refused");
        }
        finally
        {
            if (Run("umount", disk) is not (0, _)) Run("umount", "-l", disk);
        }
    }

    [Fact]
    public void The_tool_says_where_and_why()
    {
        var file = _folder.File("a file");
        File.WriteAllText(file, "");
        var exception = Assert.Throws<SaveException>(() => Small().Save(Path.Combine(file, "network.safetensors")));
        Assert.Contains("choose another place", exception.Message, StringComparison.Ordinal);
        Assert.Equal("", File.ReadAllText(file));
    }

    private static Network Small() => new(new(new ImageInput(1, 2, 2), new ClassOutput("class", ["a", "b"]), [new Layer.Dense(3)]));

    private static (int ExitCode, string Error)? Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(program, arguments)
            {
                RedirectStandardError = true,
                UseShellExecute = false
            })!;
            var error = process.StandardError.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, error);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;          // there is no such program
        }
    }

    /// <summary>The smallest training that remembers something: one epoch is one step.</summary>
    private sealed class Line
    {
        private readonly Dataset _data;

        public Line(int width = 2)
        {
            var x = new Placeholder("x", [null, width]);
            var y = new Placeholder("y", [null, 1]);
            Loss = Losses.MeanSquaredError(Layers.Dense(x, 1, name: "line"), y);
            Model = new Model(Loss, optimizer: new Momentum(0.01f / width), seed: 1, threads: 1);
            _data = new Dataset
            {
                [x] = DataArray.From(Enumerable.Range(0, 3 * width).Select(i => i % 7 - 3f).ToArray()).Reshape(3, width),
                [y] = new float[] { 1, 2, -1 }
            };
        }

        public Node Loss { get; }

        public Model Model { get; }

        public void Fit(int epochs, Checkpoint checkpoint, string? resume = null) => Model.Fit(_data, new FitOptions
        {
            Epochs = epochs,
            BatchSize = 3,
            Callbacks = [checkpoint],
            Resume = resume,
        });
    }
}
