using System.Runtime.InteropServices;

namespace SimpleFlow.Benchmarks;

/// <summary>What the measuring runs on, and how busy it is with other things.</summary>
internal static class Machine
{
    public static string Description =>
        $"{Processor}, {Environment.ProcessorCount} processors, {FmaLoop.Name}; {RuntimeInformation.OSDescription}; "
            + $"{RuntimeInformation.FrameworkDescription}";

    private static string Processor =>
        ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim()
        ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>How many threads wanted a processor on average over the last minute; null where the system does not say.</summary>
    public static string? Load => ReadLines("/proc/loadavg").FirstOrDefault()?.Split(' ')[0];

    private static IEnumerable<string> ReadLines(string path) => File.Exists(path) ? File.ReadLines(path) : [];
}
