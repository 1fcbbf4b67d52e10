using System.Diagnostics;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Two that save into one folder.</summary>
[Trait("Promise", "7")]
public sealed class FolderLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string LockFile => _folder.File("run", FolderLock.FileName);

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_second_is_refused_and_told_who_saves_there()
    {
        using (FolderLock.Take(_folder.File("run"), FileLayer.Disk))
        {
            var refused = Assert.Throws<SaveException>(() => Fit(_folder.File("run")));
            Assert.Contains("is in use: this process saves a training there", refused.Message, StringComparison.Ordinal);
            Assert.Contains(Environment.MachineName, File.ReadAllText(LockFile), StringComparison.Ordinal);
            Assert.Equal([LockFile], Directory.GetFiles(_folder.File("run")));
        }
        Fit(_folder.File("run"));
        Assert.DoesNotContain(Directory.GetFiles(_folder.File("run")), file => !file.EndsWith(".safetensors", StringComparison.Ordinal));
    }

    [Fact]
    public void A_process_that_has_ended_loses_its_folder()
    {
        using var other = Process.Start(new ProcessStartInfo("dotnet", ["--help"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false
        })!;
        other.StandardOutput.ReadToEnd();
        other.WaitForExit();
        Write(other.Id, Environment.MachineName);
        Fit(_folder.File("run"));
    }

    [Fact]
    public void A_process_that_runs_keeps_its_folder()
    {
        var other = Lasting();
        Assert.SkipWhen(other is null, "No other process that runs as long as this test tells when it started.");
        Write(other.Id, Environment.MachineName, other.StartTime.ToUniversalTime());
        Assert.Contains($"process {other.Id} on {Environment.MachineName}",
            Assert.Throws<SaveException>(() => Fit(_folder.File("run"))).Message, StringComparison.Ordinal);
        // The number was given to another process since.
        Write(other.Id, Environment.MachineName, other.StartTime.ToUniversalTime().AddHours(-1));
        Fit(_folder.File("run"));
    }

    [Fact]
    public void What_another_host_does_cannot_be_seen_and_is_respected()
    {
        Write(1, "somewhere-else");
        var message = Assert.Throws<SaveException>(() => Fit(_folder.File("run"))).Message;
        Assert.Contains("process 1 on somewhere-else", message, StringComparison.Ordinal);
        Assert.Contains($"delete {LockFile}", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("process: x\nhost: \n")]
    [InlineData("\0\0\0")]
    public void What_is_no_lock_is_taken_over(string text)
    {
        Directory.CreateDirectory(_folder.File("run"));
        File.WriteAllText(LockFile, text);
        Fit(_folder.File("run"));
        Assert.False(File.Exists(LockFile));
    }

    [Fact]
    public void Of_many_at_once_one_has_it()
    {
        Write(int.MaxValue, Environment.MachineName);          // and it is stale
        var (holders, most, taken) = (0, 0, 0);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            try
            {
                using var held = FolderLock.Take(_folder.File("run"), FileLayer.Disk);
                var now = Interlocked.Increment(ref holders);
                lock (_folder) most = Math.Max(most, now);
                Thread.Sleep(1);
                Interlocked.Decrement(ref holders);
                Interlocked.Increment(ref taken);
            }
            catch (SaveException) { }
        });
        Assert.Equal(1, most);
        Assert.InRange(taken, 1, 40);
        Assert.Empty(Directory.GetFiles(_folder.File("run")));
    }

    private void Write(int process, string host, DateTime? started = null)
    {
        Directory.CreateDirectory(_folder.File("run"));
        File.WriteAllText(LockFile, $"process: {process}\nhost: {host}\nstarted: {started:O}\nid: 0\n");
    }

    // Any process that runs for as long as this test.
    private static Process? Lasting() => Process.GetProcesses().FirstOrDefault(one => one.Id != Environment.ProcessId && Tells(one));

    private static bool Tells(Process one)
    {
        try
        {
            return one.Id == 1 && one.StartTime != default;
        }
        catch (Exception exception) when (exception is System.ComponentModel.Win32Exception or InvalidOperationException)
        {
            return false;
        }
    }

    private static void Fit(string folder)
    {
        var x = new Placeholder("x", [null, 1]);
        new Model(Layers.Dense(x, 1).Power(2).Mean(), optimizer: new GradientDescent(0.1f)).Fit(new Dataset { [x] = new float[2, 1] },
            new FitOptions
            {
                Epochs = 1,
                Callbacks = [new Checkpoint(folder)],
                Resume = folder,
            });
    }
}
