using System.Diagnostics;

namespace SimpleFlow.Benchmarks;

/// <summary>Starts another program whose output is read.</summary>
internal static class Child
{
    public static Process Start(string program, params string[] arguments)
    {
        var process = Process.Start(new ProcessStartInfo(program, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            WorkingDirectory = Repository.Root,
        })!;
        process.ErrorDataReceived += (_, _) => { };          // read, so that the pipe never fills
        process.BeginErrorReadLine();
        return process;
    }

    /// <summary>What it prints; null if it cannot be started or fails.</summary>
    public static string? Output(string program, params string[] arguments)
    {
        try
        {
            using var process = Start(program, arguments);
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? output : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
