using System.Text.Json;

namespace SimpleFlow.Tests.Cli;

/// <summary>The tool as a process of its own.</summary>
[Trait("Promise", "14")]
public sealed class ProcessTests
{
    [Fact]
    public void The_process_trains_and_says_so_in_plain_lines()
    {
        using var images = new ImageFolder();
        using var tool = ToolProcess.Start("train", images.Path, "--epochs", "2");
        var output = tool.StandardOutput.ReadToEnd();
        tool.WaitForExit();
        Assert.Equal((0, ""), (tool.ExitCode, tool.StandardError.ReadToEnd()));
        Assert.DoesNotContain("\u001b", output, StringComparison.Ordinal);
        Assert.Equal(2, output.Split('\n').Count(line => line.StartsWith("epoch ", StringComparison.Ordinal)));
    }

    [Fact]
    public void An_interrupt_ends_it_cleanly()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals.");
        using var images = new ImageFolder();
        using var tool = ToolProcess.Start("train", images.Path, "--epochs", "1000000", "--json");
        var first = tool.StandardOutput.ReadLine();
        Assert.Equal("epoch", JsonDocument.Parse(first!).RootElement.GetProperty("event").GetString());
        tool.Send(ToolProcess.Interrupt);
        var rest = tool.StandardOutput.ReadToEnd();
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Equal((130, "simpleflow: cancelled."), (tool.ExitCode, tool.StandardError.ReadToEnd().Trim()));
        Assert.DoesNotContain("\"end\"", rest, StringComparison.Ordinal);
    }
}
