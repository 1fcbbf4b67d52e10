using SimpleFlow.Tests.Cli;
using SimpleFlow.Tests.Docs;

namespace SimpleFlow.Tests.Packaging;

/// <summary>What the first page says to type in a clone of the repository.</summary>
public sealed class CloneTests
{
    private static readonly string[][] Commands = [.. Reader.Commands("README.md", "clone").Select(command => command.Split(' '))];

    [Fact]
    public void Its_commands_name_what_is_there()
    {
        Assert.Equal(["run", "test"], Commands.Select(words => words[1]));
        Assert.All(Commands, words => Assert.True(Path.Exists(Path.Combine(Pages.Repository, ValueOf(words, "--project", "--solution")))));
        // The tool understands its arguments and finds its data, and is stopped before it trains.
        using var stopped = new CancellationTokenSource();
        var output = new CancellingWriter(stopped, "images to train on");
        var run = ToolRun.On(output, Commands[0][(Array.IndexOf(Commands[0], "--") + 1)..], cancellation: stopped.Token);
        Assert.Equal(130, run.ExitCode);
        Assert.Contains("60,000 images to train on", output.ToString(), StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task A_fresh_clone_trains_on_MNIST_and_runs_tests()
    {
        var folder = Directory.CreateTempSubdirectory("simpleflow-clone-");
        try
        {
            var cloned = await ChildProcess.Run(folder.FullName, "git", "clone", "--quiet", "--depth", "1",
                new Uri(Pages.Repository).AbsoluteUri, "clone");
            Assert.True(cloned.ExitCode == 0, cloned.All);
            var clone = Path.Combine(folder.FullName, "clone");
            var trained = await ChildProcess.Run(clone, Commands[0][0], Commands[0][1..]);
            Assert.True(trained.ExitCode == 0, trained.All);
            Assert.Matches(@"Test accuracy 98\.\d+ %", trained.Output);
            // One class of the tests; all of them are what continuous integration runs with this command.
            var tested = await ChildProcess.Run(clone, Commands[1][0],
                [.. Commands[1][1..], "--filter-class", typeof(Data.ShippedDataTests).FullName!]);
            Assert.True(tested.ExitCode == 0, tested.All);
            Assert.Matches(@"succeeded: [1-9]", tested.Output);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static string ValueOf(string[] words, params string[] options) =>
        words[Array.FindIndex(words, word => options.Contains(word)) + 1];
}
