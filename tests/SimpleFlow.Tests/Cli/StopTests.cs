using System.Diagnostics;
using System.Text.RegularExpressions;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Asking the tool to stop.</summary>
[Trait("Promise", "14")]
public sealed class StopTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ImageFolder _images = new();

    public void Dispose()
    {
        _images.Dispose();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(ToolProcess.Interrupt, 130, "mlp", 120)]
    [InlineData(ToolProcess.Terminate, 143, "mlp", 120)]
    [InlineData(ToolProcess.Interrupt, 130, "seed", 8)]          // each of whose epochs has 400 steps
    public void A_signal_lets_it_save_and_say_the_command_that_goes_on(int signal, int exitCode, string recipe, int epochs)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        var (whole, parts) = (_folder.File("whole"), _folder.File("it's parted"));
        string[] Arguments(string folder) =>
            ["train", _images.Path, "--recipe", recipe, "--epochs", $"{epochs}", "--json", "--save", folder];
        ToolRun.Of(Arguments(whole)).Succeeded();

        using var tool = ToolProcess.Start(Arguments(parts));
        Assert.Contains("\"epoch\":1,", tool.StandardOutput.ReadLine()!, StringComparison.Ordinal);
        tool.Send(signal);
        tool.StandardOutput.ReadToEnd();
        var error = tool.StandardError.ReadToEnd().Trim();
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(exitCode, tool.ExitCode);
        var told = Regex.Match(error, "^simpleflow: stopped after ([0-9,]+) steps, and saved in (.*)\\. To resume: simpleflow (.*)$");
        Assert.True(told.Success, error);
        Assert.Equal(parts, told.Groups[2].Value);
        // What is there can be used as it is.
        ToolRun.Of("evaluate", parts, _images.Path).Succeeded();

        ToolRun.Of(Shell(told.Groups[3].Value)).Succeeded();
        Assert.Equal(Hash(whole), Hash(parts));
    }

    [Fact]
    public void A_second_signal_changes_nothing_of_how_it_ends()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        // A pipe into which nobody writes: whoever opens it waits for ever.
        var pipe = _folder.File("table.csv");
        Process.Start("mkfifo", pipe).WaitForExit();
        using var tool = ToolProcess.Start("train", pipe, "--target", "y");
        Assert.StartsWith("Loading", tool.StandardOutput.ReadLine(), StringComparison.Ordinal);
        tool.Send(ToolProcess.Interrupt);
        tool.Send(ToolProcess.Interrupt);
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(30)));
        Assert.Equal(130, tool.ExitCode);
    }

    [Fact]
    public void A_single_file_keeps_what_was_learned()
    {
        var file = _folder.File("net.safetensors");
        using var source = new CancellationTokenSource();
        using var output = new CancellingWriter(source, after: "\"epoch\":2");
        ToolRun.On(output, ["train", _images.Path, "--epochs", "50", "--save", file, "--json"], cancellation: source.Token)
            .Failed(130, "the network as it is now is saved in", "name a folder with --save");
        ToolRun.Of("evaluate", file, _images.Path).Succeeded();
        using var early = new CancellationTokenSource();
        early.Cancel();
        ToolRun.On(new(), ["train", _images.Path, "--save", _folder.File("none.safetensors")], cancellation: early.Token).Failed(130,
            "cancelled.");
        Assert.Equal([file], Directory.GetFiles(_folder.File()));
    }

    [Fact]
    public void Every_command_can_be_cancelled_and_leaves_no_file()
    {
        var network = _folder.File("net.safetensors");
        ToolRun.Of("train", _images.Path, "--epochs", "1", "--save", network).Succeeded();
        var text = _folder.File("poem.txt");
        File.WriteAllText(text, string.Concat(Enumerable.Repeat("the cat sat on the mat. ", 40)));
        var writer = _folder.File("writer.safetensors");
        ToolRun.Of("train", text, "--epochs", "1", "--length", "16", "--save", writer).Succeeded();
        string[][] commands =
            [
            ["predict", network, _images.File("t10k-images-idx3-ubyte"), "--out", _folder.File("out.csv")],
            ["predict", network, _images.Path],
            ["evaluate", network, _images.Path, "--plot", _folder.File("out.png")],
            ["generate", writer], ["generate", writer, "--json"],
            ["explain", "mnist", "--with-numbers", "--out", _folder.File("out.html")], ["explain", "line"],
            ["draw", "mnist", "--with-numbers", "--out", _folder.File("out.svg")],
            ["draw", "line", "--plan", "--out", _folder.File("out.svg")],
            ["check", "line"], ["bench", "--quick"],
        ];
        using var source = new CancellationTokenSource();
        source.Cancel();
        foreach (var command in commands) ToolRun.On(new(), command, cancellation: source.Token).Failed(130, "cancelled.");
        Assert.Equal([network, text, writer], Directory.GetFiles(_folder.File()).Order(StringComparer.Ordinal));
    }

    // The words of a command, as a shell takes them apart.
    private static string[] Shell(string command)
    {
        using var shell = Process.Start(new ProcessStartInfo("sh", ["-c", $"printf '%s\\n' {command}"])
        {
            RedirectStandardOutput = true,
            UseShellExecute = false
        })!;
        return shell.StandardOutput.ReadToEnd().Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    private static string Hash(string folder) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "network.safetensors"))));
}
