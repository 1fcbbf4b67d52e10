using System.Globalization;

namespace SimpleFlow.Tests.Cli;

/// <summary>The tool where .NET may use little memory: asked for more than the limit of its heap, the runtime may end the
/// process, so that it must not be asked.</summary>
[Trait("Promise", "11")]
public sealed class MemoryLimitTests
{
    // Of 20 MB, what is not in use is just enough for the first block of the largest file, and the collector wants some of it.
    [Theory]
    [InlineData(14 << 20), InlineData(16 << 20), InlineData(19_500_000), InlineData(20_000_000), InlineData(20_100_000)]
    [InlineData(24 << 20), InlineData(30 << 20), InlineData(36 << 20), InlineData(44 << 20)]
    public void Images_that_do_not_fit_are_refused_and_the_process_ends_with_1(int bytes)
    {
        using var tool = ToolProcess.StartWith("DOTNET_GCHeapHardLimit",
            "0x" + bytes.ToString("x", CultureInfo.InvariantCulture), "train", "mnist", "--epochs", "1");
        tool.StandardOutput.ReadToEnd();
        var error = tool.StandardError.ReadToEnd();
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(1, tool.ExitCode);
        Assert.Matches("^simpleflow: .*memory", error);
    }

    [Fact]
    public void A_network_is_loaded_and_predicts_in_little_more_memory_than_its_weights()
    {
        using var folder = new SimpleFlow.Tests.Plots.TemporaryFolder();
        var network = new Network(new(
            new TableInput([new NumberColumn("a", 0, 1, MayBeMissing: false), new NumberColumn("b", 0, 1, MayBeMissing: false)]),
            new NumberOutput("c", 0, 1), [new Layer.Dense(4_000), new Layer.Dense(4_000)]));
        network.Save(folder.File("network.safetensors"));
        File.WriteAllText(folder.File("new.csv"), "a,b\n1,2\n3,4\n");
        // A tenth more than the weights, and what the tool takes for a network of a few.
        var bytes = 4 * network.Model.ParameterCount * 11 / 10 + (8 << 20);
        using var tool = ToolProcess.StartWith("DOTNET_GCHeapHardLimit", "0x" + bytes.ToString("x", CultureInfo.InvariantCulture),
            "predict", folder.File("network.safetensors"), folder.File("new.csv"));
        tool.StandardOutput.ReadToEnd();
        var error = tool.StandardError.ReadToEnd();
        Assert.True(tool.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.True(tool.ExitCode == 0, error);
    }
}
