using System.Diagnostics;
using System.Globalization;
using SimpleFlow.Tests.Plots;
using SimpleFlow.Tests.Saver;

namespace SimpleFlow.Tests.Training;

/// <summary>Random trainings that are stopped here, and continued in another process under another culture.</summary>
[Trait("Promise", "6")]
public sealed class RoundTripTests(ITestOutputHelper output) : IDisposable
{
    // By hand more: SIMPLEFLOW_ROUND_TRIPS=2000 dotnet run -c Release --project tests/SimpleFlow.Tests -- -class
    // SimpleFlow.Tests.Training.RoundTripTests -showLiveOutput
    private static readonly int Count = int.TryParse(Environment.GetEnvironmentVariable("SIMPLEFLOW_ROUND_TRIPS"), out var count) ? count
        : 90;
    private static readonly string[] Cultures = ["de-DE", "tr-TR", "ar-SA"];
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Whatever_is_trained_and_saved_goes_on_elsewhere_bit_for_bit_as_if_it_had_never_stopped()
    {
        var (expected, what, stopped, longest) = (new Dictionary<string, string>(), new Dictionary<string, string>(), 0, 0);
        for (var seed = 0; seed < Count; seed++)
        {
            var name = seed.ToString(CultureInfo.InvariantCulture);
            // Half of them are saved here under a culture of its own.
            OddCulture.Under(seed % 2 == 0 ? CultureInfo.InvariantCulture : OddCulture.Of("a comma"), () =>
            {
                var (whole, begun) = (new RandomTraining(seed), new RandomTraining(seed));
                whole.Fit(_folder.File("whole", name));
                begun.Fit(_folder.File("run", name), stopAfter: new Random(seed).Next(1, whole.Steps + 1));
                if (begun.Model.History.Epochs.Count < whole.Model.History.Epochs.Count) stopped++;
                longest = Math.Max(longest, begun.Model.History.Epochs.Count);
                begun.Network?.Save(Path.Combine(_folder.File("run", name), "network"));
                (expected[name], what[name]) = (whole.Hash(begun.Network), whole.What);
            });
        }
        foreach (var (i, culture) in Cultures.Index())
        {
            string[] seeds = [.. expected.Keys.Where((_, seed) => seed % Cultures.Length == i)];
            var lines = await Resumed(culture, seeds);
            Assert.Equal(seeds.Length + 1, lines.Length);
            foreach (var line in lines[1..])
            {
                var (seed, hash) = (line.Split(' ')[0], line.Split(' ')[1]);
                Assert.True(expected[seed] == hash, $"training {seed} under {culture} came to something else: {what[seed]}");
            }
            output.WriteLine($"{seeds.Length} under {lines[0]}");
        }
        output.WriteLine($"{expected.Count} round trips, {stopped} of them stopped before their last epoch; "
            + $"the longest history that was saved has {longest} epochs");
        Assert.True(stopped > Count / 3 && longest > 500);
    }

    private async Task<string[]> Resumed(string culture, string[] seeds)
    {
        var start = new ProcessStartInfo("dotnet", [typeof(RandomTraining).Assembly.Location, _folder.File("run"), culture, .. seeds])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = System.Text.Encoding.UTF8,
        };
        for (; ; start.Environment["DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"] = "1")
        {
            using var child = Process.Start(start)!;
            var error = child.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            var said = await child.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            await child.WaitForExitAsync(TestContext.Current.CancellationToken);
            // A machine without ICU knows no cultures: the child then makes one itself.
            if (child.ExitCode != 0 && (await error).Contains("ICU", StringComparison.Ordinal)
                && !start.Environment.ContainsKey("DOTNET_SYSTEM_GLOBALIZATION_INVARIANT"))
                continue;
            Assert.True(child.ExitCode == 0, await error);
            return said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        }
    }
}
