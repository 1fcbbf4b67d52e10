using System.Globalization;
using SimpleFlow.Playground.Experiments;
using SimpleFlow.Tests;
using SimpleFlow.Tests.Learn;

namespace SimpleFlow.Playground.Tests;

/// <summary>What is computed in a process of its own, whose processor looks like that of a browser: vectors of 128 bits, and no fused
/// multiply-add.</summary>
public sealed class BrowserLikeProcess
{
    private const string Variable = "SIMPLEFLOW_FILE";

    /// <summary>The losses of <see cref="PlanePageTests.ChangingRun"/>.</summary>
    internal static async Task<List<EpochLosses>> Losses() =>
        [.. (await Run(nameof(WriteLosses), "")).Select(line => line.Split(' ')).Select(cells => new EpochLosses(
            float.Parse(cells[0], CultureInfo.InvariantCulture), float.Parse(cells[1], CultureInfo.InvariantCulture)))];

    /// <summary>The lines that a program prints.</summary>
    internal static Task<string[]> Printed(string program) => Run(nameof(RunProgram), program);

    private static async Task<string[]> Run(string method, string given)
    {
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, given);
            var environment = new Dictionary<string, string> { [Variable] = file, ["DOTNET_EnableAVX"] = "0" };
            var run = await ChildProcess.Run(AppContext.BaseDirectory, environment, "dotnet", typeof(BrowserLikeProcess).Assembly.Location,
                "-explicit", "only", "-method", $"{typeof(BrowserLikeProcess).FullName}.{method}");
            Assert.True(run.ExitCode == 0, run.All);
            return (await File.ReadAllTextAsync(file)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>Writes the losses of the run in the place of nothing.</summary>
    [Fact(Explicit = true)]
    public void WriteLosses() => Replace(_ =>
    {
        using var run = PlanePageTests.ChangingRun();
        return string.Join('\n',
            run.Training.History.Select(losses => FormattableString.Invariant($"{losses.Train:R} {losses.Test:R}")));
    });

    /// <summary>Puts what a program prints in its place.</summary>
    [Fact(Explicit = true)]
    public void RunProgram() => Replace(program => FileProgram.Run(program));

    private static void Replace(Func<string, string> by)
    {
        var file = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(file is null, $"It is run by another test, which sets {Variable}.");
        File.WriteAllText(file, by(File.ReadAllText(file)));
    }
}
