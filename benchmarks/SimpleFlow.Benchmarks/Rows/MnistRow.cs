using System.Diagnostics;
using System.Text.Json;

namespace SimpleFlow.Benchmarks;

/// <summary>Row 14: the published tool trains on MNIST; the clock runs from the start of the process to the line that reports at least 98 %
/// on the test images, which are looked at once, at the end.</summary>
internal static class MnistRow
{
    private const double Wanted = 0.98;

    public static IEnumerable<Result> Measure(Bench bench)
    {
        yield return Row(bench, "MNIST to 98 % test accuracy, from the start of the process");
        yield return Row(bench, "the same, published with NativeAOT for this processor", "-p:PublishAot=true",
            "-p:IlcInstructionSet=native");
    }

    private static Result Row(Bench bench, string work, params string[] options)
    {
        var result = new Result("14", work)
        {
            Threads = Environment.ProcessorCount,
            Must = 3,
            Goal = 1,
            MoreIsBetter = false,
            Written = Write.Seconds
        };
        using var tool = new Published(Path.Combine("src", "SimpleFlow.Cli"), options);
        if (tool.Program is not { } program) return result with { Remark = "not published" };
        var times = new List<double>();
        for (var run = 0; run < (bench.Options.Quick ? 1 : 5); run++)
        {
            if (SecondsToAccuracy(program) is not { } seconds) return result with { Remark = "not reached" };
            times.Add(seconds);
        }
        var sample = new Sample(times);
        return result with { Ours = Write.Seconds(sample.Median), Figure = sample };
    }

    private static double? SecondsToAccuracy(string tool)
    {
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

    /// <summary>What the last line says of the test images.</summary>
    private static double? TestAccuracy(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        return root.GetProperty("event").GetString() == "end" ? root.GetProperty("accuracy").GetDouble() : null;
    }
}
