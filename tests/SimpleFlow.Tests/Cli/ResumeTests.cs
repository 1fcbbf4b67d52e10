using System.Diagnostics;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Trainings of the tool that are stopped or killed, and go on.</summary>
public sealed class ResumeTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageFolder _images = new();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_stopped_training_says_how_to_go_on_and_ends_as_if_undisturbed()
    {
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        var undisturbed = Train(whole, "--json").Succeeded();
        using var source = new CancellationTokenSource();
        using var output = new CancellingWriter(source, after: "\"epoch\":2");
        ToolRun.On(output, Arguments(parts, "--json"), cancellation: source.Token).Failed(130, "stopped after", $"saved in {parts}. The same command with --resume goes on.");
        ToolRun.Of("evaluate", parts, _images.Path).Succeeded();          // what there is can be used
        var resumed = Train(parts, "--resume", "--json").Succeeded();
        Assert.Equal(Epochs(undisturbed)[2..], Epochs(resumed));
        Assert.Equal(Hash(whole), Hash(parts));
        // Once all is done there is nothing to go on with, and the result is told again.
        Assert.Equal(Epochs(undisturbed)[^2..], Epochs(Train(parts, "--resume", "--json").Succeeded()));
        Assert.Equal(Hash(whole), Hash(parts));
    }

    [Fact]
    public async Task A_killed_training_ends_with_the_same_weights()
    {
        const int Kills = 4;
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        Train(whole, "--epochs", "60").Succeeded();
        var random = new Random(1);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child = Start(["--epochs", "60", .. kill > 0 ? ["--resume"] : (string[])[]], parts);
            // A moment after there is something to lose; a machine that is faster than that has ended it, which is no harm.
            while (!child.HasExited && !(Directory.Exists(parts) && Directory.GetFiles(parts).Length > 1)) await Task.Delay(5, TestContext.Current.CancellationToken);
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
            if (!child.HasExited) child.Kill();
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Train(parts, "--epochs", "60", "--resume").Succeeded();
        Assert.Equal(Hash(whole), Hash(parts));
    }

    [Fact]
    public void What_cannot_be_resumed_is_said()
    {
        var folder = _folder.File("run");
        Train(folder).Succeeded();
        Train(folder).Failed(2, "holds a training already. --resume goes on with it");
        Train(folder, "--resume", "--hidden", "9").Failed(1, "of another network or other data");
        Train(folder, "--resume", "--batch", "7").Failed(1, "its batches have 20 rows and not 7");
        ToolRun.Of("train", _images.Path, "--resume").Failed(2, "--resume goes on with the folder of --save: say which");
        ToolRun.Of("train", _images.Path, "--resume", "--save", _folder.File("x.safetensors")).Failed(2, "is a single file");
        ToolRun.Of("train", _images.Path, "--epochs", "1", "--save", _folder.File("x.safetensors")).Succeeded();
        ToolRun.Of("inspect", _folder.File("x.safetensors")).Succeeded();
    }

    private string[] Arguments(string folder, params string[] options) =>
        ["train", _images.Path, "--save", folder, .. options.Contains("--epochs") ? [] : (string[])["--epochs", "5"], .. options.Contains("--batch") ? [] : (string[])["--batch", "20"], .. options];

    private ToolRun Train(string folder, params string[] options) => ToolRun.Of(Arguments(folder, options));

    private Process Start(string[] options, string folder)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(SimpleFlow.Cli.Tool).Assembly.Location, .. Arguments(folder, options)]) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, _) => { };
        process.ErrorDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private static string Hash(string folder) => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "network.safetensors"))));

    private static string[] Epochs(ToolRun run) => [.. run.Lines.Select(line => Regex.Replace(line, "\"seconds\":[^,}]+", ""))];
}
