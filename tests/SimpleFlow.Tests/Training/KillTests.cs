using System.Diagnostics;
using SimpleFlow.Tests.Plots;
using SimpleFlow.Tests.Saver;

namespace SimpleFlow.Tests.Training;

/// <summary>Processes that are killed while they save.</summary>
[Trait("Promise", "7")]
public sealed class KillTests(ITestOutputHelper output) : IDisposable
{
    // By hand more: SIMPLEFLOW_KILLS=500 dotnet run -c Release --project tests/SimpleFlow.Tests -- -class
    // SimpleFlow.Tests.Training.KillTests -showLiveOutput
    private static readonly int? Wanted = int.TryParse(Environment.GetEnvironmentVariable("SIMPLEFLOW_KILLS"), out var kills) ? kills
        : null;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(12);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task No_acknowledged_checkpoint_is_lost_whenever_the_process_is_killed()
    {
        var folder = _folder.File("run");
        var (random, clock) = (new Random(1), Stopwatch.StartNew());
        var (kills, unfinished, newest) = (0, 0, 0L);
        while (Wanted is { } wanted ? kills < wanted : kills < 100 && (kills < 5 || clock.Elapsed < Patience))
        {
            using var child = Start(folder);
            var acknowledged = long.Parse((await child.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken))!);
            Assert.True(acknowledged > newest, $"after {kills} kills it began again at {acknowledged}, and {newest} was there");
            // Between none and a few dozen saves later, at any moment of one.
            var until = Stopwatch.GetTimestamp() + random.NextInt64(Stopwatch.Frequency / 50);
            while (Stopwatch.GetTimestamp() < until) Thread.SpinWait(20);
            child.Kill();
            var rest = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            // What is behind the last line break was not said to the end.
            foreach (var line in rest.Split('\n')[..^1]) acknowledged = long.Parse(line);
            kills++;
            if (Directory.GetFiles(folder, "*.tmp").Length > 0) unfinished++;
            newest = SavedTraining.StepOf(CheckpointFolder.NewestPath(folder)!);
            Assert.True(newest >= acknowledged,
                $"kill {kills}: {acknowledged} was acknowledged, and the newest that can be read is {newest}");
        }
        // What the processes came to, each going on where the one before it was killed, is what one alone comes to.
        var (killed, undisturbed) = (new SavedTraining().Model, new SavedTraining());
        killed.Load(CheckpointFolder.NewestPath(folder)!);
        undisturbed.Train(newest);
        Assert.Equal(newest, undisturbed.Model.Iterations);
        Weights.AssertSame(Weights.Of(undisturbed.Model), Weights.Of(killed));
        Assert.Equal(undisturbed.Model.History.Losses, killed.History.Losses);
        output.WriteLine(
            $"{kills} kills survived, {unfinished} of them in the middle of a file; {newest:N0} checkpoints were written "
                + $"beside {Directory.GetFiles(folder, HistoryFiles.Pattern).Length} files of history, and the weights "
                + "are those of a training that was not disturbed");
    }

    private static Process Start(string folder) =>
        Process.Start(new ProcessStartInfo("dotnet", [typeof(SavedTraining).Assembly.Location, folder])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            Environment = { ["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1" }
        })!;
}
