using System.Diagnostics;
using System.Runtime.InteropServices;

namespace SimpleFlow.Tests.Cli;

/// <summary>The tool as a process of its own, and signals to it.</summary>
internal static partial class ToolProcess
{
    public const int Interrupt = 2, Terminate = 15;

    public static Process Start(params ReadOnlySpan<string> args) => StartWith("SIMPLEFLOW_TESTS", "1", args);

    /// <summary>Starts the tool with a variable of the environment.</summary>
    public static Process StartWith(string variable, string value, params ReadOnlySpan<string> args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.Environment[variable] = value;
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll"));
        foreach (var arg in args) start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    public static void Send(this Process process, int signal) => Assert.Equal(0, Kill(process.Id, signal));

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
