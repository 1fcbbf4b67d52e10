namespace SimpleFlow.Tests.Kernels;

/// <summary>The kernels' own tests again, each time in a process where the processor seems to have less: what a phone, a browser or an old server runs.</summary>
public class VectorWidthTests
{
    private static readonly string[] Classes = [nameof(TileFunctionTests), nameof(TileKernelTests), nameof(ReductionTests), nameof(MatrixProductTests)];

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public Task Kernels_are_right_with_less(string switchedOff) =>
        TestProgram.Run(Classes.SelectMany(name => new[] { "-class", $"SimpleFlow.Tests.Kernels.{name}" }), [(switchedOff, "0")]);
}
