using System.Globalization;
using SimpleFlow.Playground.Experiments;
using SimpleFlow.Tests;

namespace SimpleFlow.Playground.Tests;

/// <summary>A run in a process of its own, whose processor can be made to look like a smaller one.</summary>
public sealed class PlainProcess
{
    private const string Variable = "SIMPLEFLOW_LOSSES";

    /// <summary>The losses of <see cref="PlanePageTests.ChangingRun"/>.</summary>
    /// <param name="withoutAvx">Whether the process has vectors of 128 bits alone.</param>
    internal static async Task<List<EpochLosses>> Losses(bool withoutAvx)
    {
        var file = Path.GetTempFileName();
        try
        {
            var environment = new Dictionary<string, string> { [Variable] = file };
            if (withoutAvx) environment["DOTNET_EnableAVX"] = "0";
            var run = await ChildProcess.Run(AppContext.BaseDirectory, environment, "dotnet", typeof(PlainProcess).Assembly.Location,
                "-explicit", "only", "-method", $"{typeof(PlainProcess).FullName}.{nameof(Write)}");
            Assert.True(run.ExitCode == 0, run.All);
            return [.. (await File.ReadAllLinesAsync(file)).Select(line => line.Split(' ')).Select(cells => new EpochLosses(
                float.Parse(cells[0], CultureInfo.InvariantCulture), float.Parse(cells[1], CultureInfo.InvariantCulture)))];
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>What the other process does.</summary>
    [Fact(Explicit = true)]
    public void Write()
    {
        var file = Environment.GetEnvironmentVariable(Variable);
        Assert.SkipWhen(file is null, $"It is run by another test, which sets {Variable}.");
        using var run = PlanePageTests.ChangingRun();
        File.WriteAllLines(file, run.Training.History.Select(losses => FormattableString.Invariant($"{losses.Train:R} {losses.Test:R}")));
    }
}
