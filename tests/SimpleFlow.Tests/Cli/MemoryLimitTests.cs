using System.Globalization;

namespace SimpleFlow.Tests.Cli;

/// <summary>The tool where .NET may use little memory: asked for more than the limit of its heap, the runtime may end the
/// process, so that it must not be asked.</summary>
[Trait("Promise", "11")]
public sealed class MemoryLimitTests
{
    [Theory, InlineData(14), InlineData(16), InlineData(24), InlineData(30), InlineData(36), InlineData(44)]
    public void Images_that_do_not_fit_are_refused_and_the_process_ends_with_1(int megabytes)
    {
        using var tool = ToolProcess.StartWith("DOTNET_GCHeapHardLimit",
            "0x" + (megabytes << 20).ToString("x", CultureInfo.InvariantCulture), "train", "mnist", "--epochs", "1");
        tool.StandardOutput.ReadToEnd();
        var error = tool.StandardError.ReadToEnd();
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(1, tool.ExitCode);
        Assert.Matches("^simpleflow: .*memory", error);
    }
}
