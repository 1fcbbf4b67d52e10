using System.Diagnostics;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace SimpleFlow.Tests.Cli;

/// <summary>The tool as a process of its own.</summary>
public sealed partial class ProcessTests
{
    [Fact]
    public void The_process_trains_and_says_so_in_plain_lines()
    {
        using var images = new ImageFolder();
        using var tool = Start("train", images.Path, "--epochs", "2");
        var output = tool.StandardOutput.ReadToEnd();
        tool.WaitForExit();
        Assert.Equal((0, ""), (tool.ExitCode, tool.StandardError.ReadToEnd()));
        Assert.DoesNotContain("\u001b", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n').Count(line => line.StartsWith("epoch ", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_interrupt_ends_it_cleanly()
    {
        if (OperatingSystem.IsWindows()) return;
        using var images = new ImageFolder();
        using var tool = Start("train", images.Path, "--epochs", "1000000", "--json");
        var first = tool.StandardOutput.ReadLine();
        Assert.Equal("epoch", JsonDocument.Parse(first!).RootElement.GetProperty("event").GetString());
        Assert.Equal(0, Kill(tool.Id, signal: 2));
        var rest = tool.StandardOutput.ReadToEnd();
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal((130, "simpleflow: cancelled."), (tool.ExitCode, tool.StandardError.ReadToEnd().Trim()));
        Assert.DoesNotContain("\"end\"", rest, StringComparison.Ordinal);
    }

    private static Process Start(params ReadOnlySpan<string> args)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "SimpleFlow.Cli.dll"));
        foreach (var arg in args) start.ArgumentList.Add(arg);
        return Process.Start(start)!;
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Kill(int process, int signal);
}
