using System.Diagnostics;
using System.Text.Json;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Where the tool writes to: streams that are full or closed, terminals that must not be
/// commanded, numbers that JSON has none for.</summary>
[Trait("Promise", "17")]
public sealed class OutputTests : IDisposable
{
    private const string Escape = "\u001b]0;owned\u0007", Csi = "\u009b31m";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("inspect MODEL >/dev/full", 1, "The standard output cannot be written: No space left on device")]
    [InlineData("--help >/dev/full", 1, "The standard output cannot be written")]
    [InlineData("inspect MODEL >&-", 1, "The standard output cannot be written")]
    [InlineData("inspect nothing 2>/dev/full", 1, "")]
    [InlineData("inspect nothing 2>&-", 1, "")]
    [InlineData("inspect nothing >&- 2>&-", 1, "")]
    [InlineData("inspect MODEL >/dev/full 2>/dev/full", 1, "")]
    [InlineData("nonsense 2>/dev/full", 2, "")]
    [InlineData("inspect <(cat MODEL)", 0, "")]
    [InlineData("predict MODEL <(cat TABLE)", 0, "")]
    public void Streams_that_fail_end_it_with_its_exit_code(string command, int exitCode, string words)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && File.Exists("/bin/bash"), "Needs Bash.");
        var (code, error) = Shell(command.Replace("MODEL", Model(), StringComparison.Ordinal).Replace("TABLE", _folder.File("t.csv"),
            StringComparison.Ordinal));
        Assert.Equal(exitCode, code);
        Assert.Contains(words, error, StringComparison.Ordinal);
        Assert.DoesNotContain("should not have happened", error, StringComparison.Ordinal);
        Assert.DoesNotContain("Unhandled", error, StringComparison.Ordinal);
    }

    [Fact]
    public void A_pipe_is_read_like_a_file_for_every_form_of_saved_numbers()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Needs mkfifo.");
        var network = Network.Load(Model());
        foreach (var name in (string[])["w.npz", "w.safetensors"])
        {
            network.Model.SaveWeights(_folder.File(name));
            var pipe = _folder.File($"pipe-{name}");
            Assert.Equal(0, Run("mkfifo", pipe).ExitCode);
            using var writer = Process.Start(new ProcessStartInfo("/bin/sh", ["-c", $"cat '{_folder.File(name)}' > '{pipe}'"]))!;
            network.Model.LoadWeights(pipe);
            writer.WaitForExit();
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Names_from_files_cannot_command_a_terminal(bool terminal)
    {
        var model = Model();
        foreach (var args in (string[][])[["inspect", model], ["evaluate", model, _folder.File("t.csv")], ["inspect", $"no{Escape}"],
            ["train", _folder.File("t.csv"), "--target", "kind", "--epochs", "1"]])
        {
            var run = ToolRun.On(new StringWriter(), args, terminal);
            var text = run.Output + run.Error;
            Assert.DoesNotContain(Escape, text, StringComparison.Ordinal);
            Assert.DoesNotContain(Csi, text, StringComparison.Ordinal);
            Assert.Contains("␛]0;owned␇", text, StringComparison.Ordinal);
        }
        // What programs read stays as it is, and what a terminal shows does not.
        var predicted = ToolRun.On(new StringWriter(), ["predict", model, _folder.File("t.csv")], terminal).Succeeded().Output;
        Assert.Equal(!terminal, predicted.Contains(Escape, StringComparison.Ordinal));
        var json = ToolRun.Of("predict", model, _folder.File("t.csv"), "--json").Succeeded();
        Assert.DoesNotContain(json.Output, letter => char.IsControl(letter) && letter != '\n');
        Assert.Contains(json.Lines, line => JsonDocument.Parse(line).RootElement.GetProperty("class").GetString() == $"big{Escape}{Csi}");
    }

    [Fact]
    public void Numbers_that_are_not_finite_are_texts_in_json()
    {
        var model = Model();
        var (tensors, metadata) = SafetensorsFile.Read(model);
        SafetensorsFile.Write(model, tensors.ToDictionary(one => one.Key,
            one => new NamedTensor(one.Value.Shape, Array.ConvertAll(one.Value.Values, _ => float.NaN))), metadata);
        // Such scores have no likeliest class.
        ToolRun.Of("predict", model, _folder.File("t.csv"), "--json").Failed(1, "Row 0: the score of class 0 is NaN");

        var amount = new Network(new(new TableInput([new NumberColumn("a", 20, 11, MayBeMissing: false)]), new NumberOutput("y", 0, 1),
            []));
        foreach (var variable in amount.Model.Variables) variable.Set([.. Enumerable.Repeat(float.NaN, variable.Memory.Length)]);
        amount.Save(_folder.File("amount.model"));
        Assert.Equal("NaN", JsonDocument.Parse(ToolRun.Of("predict", _folder.File("amount.model"), _folder.File("t.csv"), "--json")
            .Succeeded().Lines[0]).RootElement.GetProperty("value").GetString());

        // A text whose next characters the network is as good as sure not to come: e to the loss is beyond all numbers.
        var text = new Network(new(new TextInput("ab", 2), new NextCharacterOutput(2), [new Layer.Embedding(2, 1)]));
        foreach (var variable in text.Model.Variables)
            variable.Set([.. Enumerable.Range(0, variable.Memory.Length).Select(i => i % 2 == 0 ? 2000f : -2000f)]);
        text.Save(_folder.File("text.model"));
        File.WriteAllText(_folder.File("b.txt"), string.Concat(Enumerable.Repeat("ab", 20)));
        var end = JsonDocument.Parse(ToolRun.Of("evaluate", _folder.File("text.model"), _folder.File("b.txt"), "--json")
            .Succeeded().Lines[^1]).RootElement;
        Assert.Equal("Infinity", end.GetProperty("perplexity").GetString());
    }

    private string Model()
    {
        File.WriteAllText(_folder.File("t.csv"),
            "a,kind\n" + string.Concat(Enumerable.Range(0, 40).Select(i => $"{i},{(i < 20 ? "small" : $"big{Escape}{Csi}")}\n")));
        var network = new Network(new(new TableInput([new NumberColumn("a", 20, 11, MayBeMissing: false)]),
            new ClassOutput("kind", ["small", $"big{Escape}{Csi}"]), []), new Adam(0.1f));
        network.Model.Fit(network.Dataset(CsvTable.Read(_folder.File("t.csv"))), epochs: 20);
        network.Save(_folder.File("m.model"));
        return _folder.File("m.model");
    }

    private static (int ExitCode, string Error) Shell(string command) =>
        Run("/bin/bash", "-c", $"dotnet '{Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll")}' {command}");

    private static (int ExitCode, string Error) Run(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
            UseShellExecute = false
        })!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, error);
    }
}
