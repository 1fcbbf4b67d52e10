using System.Diagnostics;

namespace SimpleFlow.Benchmarks;

/// <summary>This program on several ranks.</summary>
internal static class RankJob
{
    /// <summary>Whether mpirun has started this process.</summary>
    public static bool IsRank => Mpi.Mpi.World.Size > 1;

    /// <summary>What to type for it.</summary>
    public static string Command(Options options) =>
        $"dotnet run -c Release --project benchmarks/SimpleFlow.Benchmarks -- {options.CommandLine}";

    /// <summary>Starts this program with the same arguments on as many ranks as there are processors, at least two, and waits.</summary>
    /// <returns>What mpirun returns.</returns>
    public static int Start(string[] arguments)
    {
        // Open MPI would tie both of two processes to a processor each, and the one with two threads needs two.
        string[] options = ["--bind-to", "none", "--oversubscribe", "-n", $"{Math.Max(2, Environment.ProcessorCount)}"];
        var start = new ProcessStartInfo("mpirun", [.. options, Environment.ProcessPath!, .. Self(), .. arguments]);
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }

    // A program that was started by `dotnet` needs its library's name.
    private static string[] Self() =>
        Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(RankJob).Assembly.Location] : [];
}
