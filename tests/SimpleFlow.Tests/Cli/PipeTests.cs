using System.Diagnostics;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Pipes instead of files, wherever a command writes or reads one: the same bytes pass,
/// and nothing waits for what does not come twice.</summary>
[Trait("Promise", "8")]
public sealed class PipeTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("explain parabola --out", "page.html")]
    [InlineData("explain parabola --with-numbers --out", "page.md")]
    [InlineData("draw parabola --out", "graph.svg")]
    [InlineData("draw parabola --plan --out", "plan.svg")]
    [InlineData("draw parabola --gradients --out", "graph.dot")]
    [InlineData("predict NETWORK TABLE --out", "said.csv")]
    [InlineData("evaluate NETWORK TABLE --plot", "classes.png")]
    [InlineData("train TABLE --target kind --epochs 2 --plot", "curves.png")]
    [InlineData("train TABLE --target kind --epochs 2 --save", "network.safetensors")]
    [InlineData("train TABLE --target kind --epochs 2 --profile", "steps.json", false)]
    public void What_a_command_writes_goes_through_a_pipe(string command, string name, bool isTheSameAgain = true)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Bash, mkfifo and files for pipes.");
        var (pipe, received, file) = (_folder.File(name), _folder.File($"received {name}"), _folder.File($"file {name}"));
        Done($"mkfifo '{pipe}'; cat '{pipe}' > '{received}' & TOOL {command} '{pipe}'; code=$?; wait; exit $code");
        Done($"TOOL {command} '{file}'");
        Assert.True(new FileInfo(received).Length > 100);
        if (isTheSameAgain) Assert.Equal(File.ReadAllBytes(file), File.ReadAllBytes(received));
    }

    [Fact]
    public void The_standard_output_may_be_named_like_a_file()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs /dev/stdout.");
        var page = Done("TOOL explain parabola");
        Assert.Equal(page, Done("TOOL explain parabola --out /dev/stdout | cat"));
        File.CreateSymbolicLink(_folder.File("link"), "/dev/stdout");
        Assert.Equal(page, Done($"TOOL explain parabola --out '{_folder.File("link")}'").Split("explanation: ")[0]);
        // What a file held before stays where it is added to.
        Done($"echo before > '{_folder.File("notes")}'; TOOL explain parabola --out /dev/stdout >> '{_folder.File("notes")}'");
        Assert.Equal($"before\n{page}", File.ReadAllText(_folder.File("notes")));
        Assert.Equal(page, Done("TOOL explain parabola --out /dev/stderr 2>&1 >/dev/null | cat"));
    }

    [Theory]
    [InlineData("cat TABLE | TOOL train /dev/stdin --target kind --epochs 1")]
    [InlineData("TOOL train <(cat TABLE) --target kind --epochs 1")]
    [InlineData("mkfifo 'FOLDER/p.csv'; cat TABLE > 'FOLDER/p.csv' & "
        + "TOOL train 'FOLDER/p.csv' --target kind --epochs 1 --save 'FOLDER/run'")]
    [InlineData("mkfifo 'FOLDER/p.txt'; cat TEXT > 'FOLDER/p.txt' & TOOL train 'FOLDER/p.txt' --epochs 1 --length 8")]
    [InlineData("TOOL train TABLE --target kind --epochs 1 --layers <(echo '[{\"layer\": \"dense\", \"units\": 4}]')")]
    [InlineData("cat TABLE | TOOL predict NETWORK /dev/stdin")]
    [InlineData("TOOL evaluate <(cat NETWORK) <(cat TABLE)")]
    [InlineData("cat NETWORK | TOOL inspect /dev/stdin")]
    [InlineData("TOOL explain <(cat NETWORK)")]
    [InlineData("TOOL predict PICTURES <(cat PICTURE)")]
    public void What_a_command_reads_comes_through_a_pipe(string command)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs Bash, mkfifo and files for pipes.");
        Assert.NotEmpty(Done(command));
    }

    /// <summary>Opening a pipe waits for its other end.</summary>
    [Theory]
    [InlineData("train", "p.csv", "--target", "kind")]
    [InlineData("train", "p.txt")]
    [InlineData("train", "t.csv", "--target", "kind", "--layers", "p.csv")]
    [InlineData("predict", "p.csv", "t.csv")]
    public void An_interrupt_ends_the_wait_for_a_pipe_that_nobody_writes_to(string command, params string[] arguments)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs mkfifo and signals.");
        Table();
        Done($"mkfifo '{_folder.File("p.csv")}' '{_folder.File("p.txt")}'");
        var files = arguments.Select(argument => argument.Contains('.', StringComparison.Ordinal) ? _folder.File(argument) : argument);
        using var tool = ToolProcess.Start([command, .. files]);
        // Until the runtime listens to signals, they end it as they end any program.
        if (command == "train" && arguments.Length < 4)
            Assert.StartsWith("Loading", tool.StandardOutput.ReadLine(), StringComparison.Ordinal);
        else Thread.Sleep(TimeSpan.FromSeconds(2));
        tool.Send(ToolProcess.Interrupt);
        Assert.True(tool.WaitForExit(Patience));
        Assert.Equal(130, tool.ExitCode);
    }

    /// <summary>A file of the system's memory is a file like others, and is replaced as a whole.</summary>
    [Fact]
    public void A_file_in_shared_memory_is_replaced()
    {
        Assert.SkipUnless(Directory.Exists("/dev/shm"), "Needs a folder in shared memory.");
        var path = $"/dev/shm/{Guid.NewGuid():N}";
        try
        {
            WholeFile.Write(path, "a long text");
            WholeFile.Write(path, "short");
            Assert.Equal("short", File.ReadAllText(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Links_that_lead_in_a_circle_lead_nowhere()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows lets only some users make links.");
        File.CreateSymbolicLink(_folder.File("a"), _folder.File("b"));
        File.CreateSymbolicLink(_folder.File("b"), _folder.File("a"));
        Assert.Throws<SaveException>(() => WholeFile.Write(_folder.File("a"), "text"));
        Assert.Equal(_folder.File("b"), new FileInfo(_folder.File("a")).LinkTarget);
    }

    /// <summary>What a command line prints, whose names in capitals are files; it ends well and in time.</summary>
    private string Done(string command)
    {
        (string Name, Func<string> Make)[] files =
            [("TABLE", Table), ("NETWORK", SavedNetwork), ("TEXT", Text), ("PICTURES", SavedPictures), ("PICTURE", Picture)];
        foreach (var (name, make) in files)
        {
            if (command.Contains(name, StringComparison.Ordinal)) command = command.Replace(name, $"'{make()}'", StringComparison.Ordinal);
        }
        command = command.Replace("FOLDER", _folder.File(), StringComparison.Ordinal)
            .Replace("TOOL", $"dotnet '{Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll")}'", StringComparison.Ordinal);
        var start = new ProcessStartInfo("/bin/bash", ["-c", command])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false,
        };
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        if (!process.WaitForExit(Patience))
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"It does not end: {command}");
        }
        Assert.True(process.ExitCode == 0, $"{command}\n{error.Result}");
        return output.Result;
    }

    private string Table()
    {
        var path = _folder.File("t.csv");
        if (!File.Exists(path))
            File.WriteAllText(path, "a,kind\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i < 20 ? "small" : "big")}\n")));
        return path;
    }

    private string Text()
    {
        File.WriteAllText(_folder.File("text"), string.Concat(Enumerable.Repeat("Shall I compare thee? ", 40)));
        return _folder.File("text");
    }

    private string Picture()
    {
        PictureFiles.Write(_folder.File("picture"), 6, 6, (y, x) => new SkiaSharp.SKColor((byte)(40 * y), (byte)(40 * x), 0));
        return _folder.File("picture");
    }

    private string SavedNetwork() => Saved(new TableInput([new NumberColumn("a", 20, 11, MayBeMissing: false)]), "table.model");

    private string SavedPictures() => Saved(new ImageInput(3, 6, 6), "pictures.model");

    private string Saved(NetworkInput input, string name)
    {
        new Network(new(input, new ClassOutput("kind", ["small", "big"]), [])).Save(_folder.File(name));
        return _folder.File(name);
    }
}
