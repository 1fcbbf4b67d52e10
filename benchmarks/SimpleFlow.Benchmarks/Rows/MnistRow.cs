using System.Diagnostics;
using System.Text.Json;

namespace SimpleFlow.Benchmarks;

/// <summary>Row 14: the published tool trains on MNIST; the clock runs from the start of the process to the line that reports 98 % on the test images.</summary>
internal static class MnistRow
{
    private const double Wanted = 0.98;

    public static Result Measure(Bench bench)
    {
        var result = new Result("14", "MNIST to 98 % test accuracy, from the start of the process") { Threads = Environment.ProcessorCount, Must = 3, Goal = 1, MoreIsBetter = false, Written = Write.Seconds };
        using var tool = new Published(Path.Combine("src", "SimpleFlow.Cli"));
        var times = new List<double>();
        for (var run = 0; run < (bench.Options.Quick ? 1 : 5); run++)
        {
            if (SecondsToAccuracy(tool.Program) is not { } seconds) return result with { Remark = "not reached" };
            times.Add(seconds);
        }
        var sample = new Sample(times);
        return result with { Ours = Write.Seconds(sample.Median), Figure = sample };
    }

    private static double? SecondsToAccuracy(string? tool)
    {
        if (tool is null) return null;
        var began = Stopwatch.GetTimestamp();
        using var process = Child.Start(tool, "train", "mnist", "--json");
        double? reached = null;
        while (process.StandardOutput.ReadLine() is { } line)
        {
            if (reached is null && TestAccuracy(line) >= Wanted) reached = Stopwatch.GetElapsedTime(began).TotalSeconds;
        }
        process.WaitForExit();
        return reached;
    }

    /// <summary>What an epoch's line says of the test images.</summary>
    private static double? TestAccuracy(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return root.GetProperty("event").GetString() == "epoch" ? root.GetProperty("accuracy").GetDouble() : null;
    }
}
