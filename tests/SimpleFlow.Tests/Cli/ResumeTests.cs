using System.Text.RegularExpressions;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary>Trainings of the tool that are stopped or killed, and go on.</summary>
[Trait("Promise", "6")]
[Trait("Promise", "7")]
public sealed class ResumeTests(ITestOutputHelper output) : IDisposable
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
        using var writer = new CancellingWriter(source, after: "\"epoch\":2");
        ToolRun.On(writer, Arguments(parts, "--json"), cancellation: source.Token).Failed(130, "stopped after",
            $"saved in {parts}. To resume: simpleflow train {_images.Path} --save {parts} --epochs 5 --batch 20 --json --resume");
        ToolRun.Of("evaluate", parts, _images.Path).Succeeded();          // what there is can be used
        var resumed = Train(parts, "--resume", "--json").Succeeded();
        Assert.Equal(Epochs(undisturbed)[2..], Epochs(resumed));
        Assert.Equal(Hash(whole), Hash(parts));
        // Once all is done there is nothing to go on with, and the result is told again.
        Assert.Equal(Epochs(undisturbed)[^2..], Epochs(Train(parts, "--resume", "--json").Succeeded()));
        Assert.Equal(Hash(whole), Hash(parts));
    }

    [Fact]
    public void The_epoch_that_is_kept_may_lie_before_the_point_of_resuming()
    {
        var random = new Random(1);
        var csv = _folder.File("noise.csv");
        File.WriteAllLines(csv, ["a,b,kind", .. Enumerable.Range(0, 300).Select(_ =>
            $"{random.Next(100)},{random.Next(100)},{(random.Next(2) == 0 ? "fern" : "moss")}")]);
        var place = _folder.File("noise");
        string[] arguments = ["train", csv, "--target", "kind", "--epochs", "40", "--save", place];
        var whole = ToolRun.Of(arguments).Succeeded();
        Assert.Contains(whole.Lines, line => line.StartsWith("Kept epoch ", StringComparison.Ordinal));
        var again = ToolRun.Of([.. arguments, "--resume"]).Succeeded();
        Assert.Equal(Ending(whole), Ending(again));
        Assert.Contains($"There is no training in {place}2 to resume: it starts from the beginning.",
            ToolRun.Of([.. arguments[..^1], place + "2", "--resume"]).Succeeded().Lines);

        // All but the time it took.
        static IEnumerable<string> Ending(ToolRun run) =>
            run.Lines.SkipWhile(line => !line.StartsWith("Kept epoch ", StringComparison.Ordinal))
                .Where(line => !line.StartsWith("Test ", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("mlp", 60)]
    [InlineData("seed", 16)]
    public async Task A_killed_training_ends_with_the_same_weights(string recipe, int epochs)
    {
        const int Kills = 4;
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        string[] options = ["--epochs", $"{epochs}", "--recipe", recipe];
        Train(whole, options).Succeeded();
        var random = new Random(1);
        var survived = 0;
        for (var kill = 0; kill < Kills; kill++)
        {
            using var child =
                ToolProcess.Start(Arguments(parts, [.. options, .. kill > 0 && Directory.Exists(parts) ? ["--resume"] : (string[])[]]));
            // Once at any moment of its start, then a moment after there is something to lose;
            // a machine that is faster than that has ended it, which is no harm.
            while (kill > 0 && !child.HasExited && !(Directory.Exists(parts) && Directory.GetFiles(parts).Length > 1))
                await Task.Delay(5, TestContext.Current.CancellationToken);
            await Task.Delay(random.Next(300), TestContext.Current.CancellationToken);
            if (!child.HasExited)
            {
                child.Kill();
                survived++;
            }
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        Train(parts, [.. options, "--resume"]).Succeeded();
        Assert.Equal(Hash(whole), Hash(parts));
        output.WriteLine($"{recipe}: {survived} kills, and the network is {Hash(parts)} as of the training that was not disturbed");
    }

    [Fact]
    public void The_seeds_training_is_saved_and_goes_on_too()
    {
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        var undisturbed = Train(whole, "--json", "--recipe", "seed").Succeeded();
        using var source = new CancellationTokenSource();
        using var writer = new CancellingWriter(source, after: "\"epoch\":2");
        ToolRun.On(writer, Arguments(parts, "--json", "--recipe", "seed"), cancellation: source.Token).Failed(130,
            "stopped after 800 steps", "To resume: simpleflow train");
        var resumed = Train(parts, "--json", "--recipe", "seed", "--resume").Succeeded();
        Assert.Equal(Epochs(undisturbed)[2..], Epochs(resumed));
        Assert.Equal(Hash(whole), Hash(parts));
        Assert.Equal(Epochs(undisturbed)[^2..], Epochs(Train(parts, "--json", "--recipe", "seed", "--resume").Succeeded()));
        // The network that can be loaded says what the seed's own graph says.
        var accuracy = Regex.Match(undisturbed.Lines[^1], "\"accuracy\":([0-9.]+)").Groups[1].Value;
        Assert.Contains($"\"accuracy\":{accuracy}", ToolRun.Of("evaluate", parts, _images.Path, "--json").Succeeded().Output,
            StringComparison.Ordinal);
        Train(parts, "--recipe", "seed", "--resume", "--learning-rate", "0.5").Failed(1, "its learning rate is 0.001 and not 0.5");
    }

    [Fact]
    public void What_cannot_be_resumed_is_said()
    {
        var folder = _folder.File("run");
        Train(folder).Succeeded();
        Train(folder).Failed(2, "already contains a training run. --resume continues it");
        Train(folder, "--resume", "--learning-rate", "0.5").Failed(1, "its learning rate is ", " and not 0.5");
        Train(folder, "--resume", "--optimizer", "sgd", "--learning-rate", "0.001").Failed(1, "its optimizer is AdamW(");
        Train(folder, "--resume", "--augment").Failed(1, "its data differ: training");
        Train(folder, "--resume", "--hidden", "9").Failed(1, "of another network or other data");
        Train(folder, "--resume", "--batch", "7").Failed(1, "its batches have 20 rows and not 7");
        ToolRun.Of("train", _images.Path, "--resume").Failed(2, "--resume continues the training in a folder: name it with --save");
        ToolRun.Of("train", _images.Path, "--resume", "--save", _folder.File("x.safetensors")).Failed(2, "is a single file");
        ToolRun.Of("train", _images.Path, "--epochs", "1", "--save", _folder.File("x.safetensors")).Succeeded();
        ToolRun.Of("inspect", _folder.File("x.safetensors")).Succeeded();
    }

    private string[] Arguments(string folder, params string[] options) =>
        ["train", _images.Path, "--save", folder, .. options.Contains("--epochs") ? [] : (string[])["--epochs", "5"],
            .. options.Contains("--batch") ? [] : (string[])["--batch", "20"], .. options];

    private ToolRun Train(string folder, params string[] options) => ToolRun.Of(Arguments(folder, options));

    private static string Hash(string folder) =>
        Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, "network.safetensors"))));

    private static string[] Epochs(ToolRun run) => [.. run.Lines.Select(line => Regex.Replace(line, "\"seconds\":[^,}]+", ""))];
}
