using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using SimpleFlow.Cli;
using SimpleFlow.Tests.Plots;
using SimpleFlow.Tests.Surface;

namespace SimpleFlow.Tests.Clusters;

/// <summary>The tool on several processes, started by mpirun as its readers start it.</summary>
public sealed partial class MpiTests
{
    // Explicit tests train for half a minute: mpirun takes its time before it asks its processes to end.
    // A rank that fails must end the job long before the ranks lose their patience, which is minutes.
    private static readonly TimeSpan Seconds = TimeSpan.FromSeconds(60);
    private static readonly string Tool = Path.ChangeExtension(typeof(Tool).Assembly.Location, null);

    [Fact]
    public void Without_mpirun_the_world_is_one_rank()
    {
        Assert.Equal((0, 1), (Mpi.Mpi.World.Rank, Mpi.Mpi.World.Size));
        Assert.Null(Mpi.Mpi.Library);
    }

    [Fact]
    public async Task Ranks_train_what_one_process_trains_and_rank_0_alone_speaks()
    {
        SkipWithoutMpi();
        var alone = await ChildProcess.Run(".", Tool, "train", "digits", "--epochs", "2", "--batch", "40", "--threads", "1");
        var ranks = await Run(2, "train", "digits", "--epochs", "2", "--batch", "20", "--threads", "1");
        Assert.True(ranks.ExitCode == 0, ranks.All);
        Assert.Contains("2 ranks train together: 2 × 20 = 40 images in a step.", ranks.Output, StringComparison.Ordinal);
        var (expected, actual) = (Losses().Matches(alone.Output), Losses().Matches(ranks.Output));
        Assert.Equal(2, actual.Count);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal(double.Parse(expected[i].Groups[1].Value, CultureInfo.InvariantCulture),
                double.Parse(actual[i].Groups[1].Value, CultureInfo.InvariantCulture), 2e-4);
        }
    }

    [Fact(Explicit = true)]
    public async Task A_request_to_end_reaches_all_ranks_and_the_training_resumes_bit_for_bit()
    {
        SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        string[] Training(string place, params string[] more) =>
            ["train", "digits", "--epochs", "60", "--batch", "2", "--threads", "1", "--no-early-stopping", "--save", place, .. more];
        var (whole, stopped) = (folder.File("whole"), folder.File("stopped"));
        Assert.Equal(0, (await Run(2, Training(whole))).ExitCode);

        using var process = Process.Start(Start(2, Training(stopped)))!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.StartsWith("epoch", StringComparison.Ordinal)) { }
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit();
        await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.Contains("To resume: mpirun -n 2 simpleflow train", await errors, StringComparison.Ordinal);

        Assert.Equal(0, (await Run(2, Training(stopped, "--resume"))).ExitCode);
        Assert.Equal(Weights(whole), Weights(stopped));
    }

    [Fact(Explicit = true)]
    public async Task Ranks_that_are_killed_end_the_job_and_another_number_of_ranks_resumes_it()
    {
        SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        var place = folder.File("run");
        string[] Training(int batch, params string[] more) => ["train", "digits", "--epochs", "40", "--batch", $"{batch}", "--threads", "1",
            "--no-early-stopping", "--save", place, .. more];
        using var process = Process.Start(Start(2, Training(2)))!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.StartsWith("epoch", StringComparison.Ordinal)) { }
        var ranks = await File.ReadAllTextAsync($"/proc/{process.Id}/task/{process.Id}/children", TestContext.Current.CancellationToken);
        var clock = Stopwatch.StartNew();
        Process.Start("kill", ["-KILL", ranks.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^1]])!.WaitForExit();
        await Task.WhenAll(process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken),
            process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken));
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.NotEqual(0, process.ExitCode);
        Assert.True(clock.Elapsed < Seconds);

        var wrong = await Run(3, Training(2, "--resume"));
        Assert.Contains("its batches have 4 rows and not 6, which 3 ranks cannot share evenly", wrong.Errors, StringComparison.Ordinal);
        var alone = await ChildProcess.Run(".", Tool, Training(4, "--resume"));
        Assert.True(alone.ExitCode == 0, alone.All);
        Assert.Contains("epoch 40/40", alone.Output, StringComparison.Ordinal);
    }

    [Fact(Explicit = true)]
    public async Task When_mpirun_itself_is_killed_the_ranks_end_and_the_training_resumes_bit_for_bit()
    {
        SkipWithoutMpi();
        using var folder = new TemporaryFolder();
        string[] Training(string place, params string[] more) =>
            ["train", "digits", "--epochs", "40", "--batch", "2", "--threads", "1", "--no-early-stopping", "--save", place, .. more];
        var (whole, killed) = (folder.File("whole"), folder.File("killed"));
        Assert.Equal(0, (await Run(2, Training(whole))).ExitCode);

        using var process = Process.Start(Start(2, Training(killed)))!;
        while (await process.StandardOutput.ReadLineAsync(TestContext.Current.CancellationToken) is { } line
            && !line.StartsWith("epoch", StringComparison.Ordinal)) { }
        var ranks = await File.ReadAllTextAsync($"/proc/{process.Id}/task/{process.Id}/children", TestContext.Current.CancellationToken);
        process.Kill();
        var clock = Stopwatch.StartNew();
        foreach (var rank in ranks.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            while (Directory.Exists($"/proc/{rank}") && clock.Elapsed < Seconds)
                await Task.Delay(50, TestContext.Current.CancellationToken);
            Assert.False(Directory.Exists($"/proc/{rank}"), $"Rank {rank} still runs {clock.Elapsed} after mpirun.");
        }
        Assert.Equal(0, (await Run(2, Training(killed, "--resume"))).ExitCode);
        Assert.Equal(Weights(whole), Weights(killed));
    }

    [Fact]
    public async Task A_program_compiled_ahead_of_time_trains_on_ranks_as_it_does_alone()
    {
        SkipWithoutMpi();
        var program = await ShippedProgram.Published();
        var alone = await ChildProcess.Run(".", program, "ranks", "train");
        Assert.Contains("library: none\nranks: 1\n", alone.Output, StringComparison.Ordinal);
        var together = await Program("mpirun", "--oversubscribe", "-n", "2", program, "ranks", "train");
        Assert.Contains("library: Open MPI", together.Output, StringComparison.Ordinal);
        Assert.Contains("ranks: 2", together.Output, StringComparison.Ordinal);
        Assert.Equal(Loss(alone), Loss(together), 1e-5);
    }

    [Fact]
    public async Task Mpich_serves_as_well_as_Open_MPI()
    {
        Assert.SkipWhen(ChildProcess.Find("mpirun.mpich") is null, "There is no MPICH on this machine: apt-get install mpich.");
        var program = await ShippedProgram.Published();
        var ranks = await Program("mpirun.mpich", "-n", "3", program, "ranks", "train");
        Assert.True(ranks.ExitCode == 0, ranks.All);
        Assert.Contains("library: MPICH", ranks.Output, StringComparison.Ordinal);
        Assert.Contains("ranks: 3", ranks.Output, StringComparison.Ordinal);
        Assert.Equal(Loss(await ChildProcess.Run(".", program, "ranks", "train")), Loss(ranks), 1e-5);
    }

    [Fact]
    public async Task A_rank_that_hangs_is_noticed_after_the_time_that_was_set()
    {
        SkipWithoutMpi();
        var clock = Stopwatch.StartNew();
        var ranks = await Program("mpirun", "--oversubscribe", "-n", "2", await ShippedProgram.Published(), "ranks", "hang");
        Assert.NotEqual(0, ranks.ExitCode);
        Assert.Contains("Rank 0 has waited 2 s for rank 1, and nothing came.", ranks.Errors, StringComparison.Ordinal);
        TestContext.Current.TestOutputHelper!.WriteLine($"{clock.Elapsed}\n{ranks.All}");
    }

    [Fact]
    public async Task A_file_that_is_missing_on_one_rank_ends_the_job_with_its_name()
    {
        SkipWithoutMpi();
        var ranks = await Program("mpirun", "--oversubscribe", "-n", "2", await ShippedProgram.Published(), "ranks", "missing");
        Assert.NotEqual(0, ranks.ExitCode);
        Assert.Contains("not-on-this-host.npy: there is no such file.", ranks.Errors, StringComparison.Ordinal);
    }

    private static Task<ChildProcess> Program(string program, params string[] arguments) =>
        ChildProcess.Run(".", Allowed, program, arguments);

    private static double Loss(ChildProcess process) =>
        // mpirun gives rank 0 a terminal, whose codes may stand around its lines.
        double.Parse(Regex.Match(process.Output, @"(?<=loss: )[\d.eE+-]+").Value, CultureInfo.InvariantCulture);

    private static void SkipWithoutMpi() => Assert.SkipUnless(
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, "mpirun"))),
        "There is no mpirun on this machine: apt-get install openmpi-bin.");

    private static Task<ChildProcess> Run(int ranks, params string[] arguments) =>
        ChildProcess.Run(".", Allowed, "mpirun", [.. Options(ranks), Tool, .. arguments]);

    private static ProcessStartInfo Start(int ranks, string[] arguments) =>
        ChildProcess.StartInfo(".", Allowed, "mpirun", [.. Options(ranks), Tool, .. arguments]);

    // Open MPI waits so many seconds before it asks the ranks to end, and as many before it ends them by force.
    private static string[] Options(int ranks) => ["--oversubscribe", "--mca", "odls_base_sigkill_timeout", "3", "-n", $"{ranks}"];

    // Containers and build machines often have no other user than root.
    private static Dictionary<string, string> Allowed => new(StringComparer.Ordinal)
    {
        ["OMPI_ALLOW_RUN_AS_ROOT"] = "1",
        ["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1",
    };

    private static float[] Weights(string place) => Network.Load(place).Model.Variables.ToVector();

    [GeneratedRegex(@"epoch \d/2  loss ([\d.]+)")]
    private static partial Regex Losses();
}
