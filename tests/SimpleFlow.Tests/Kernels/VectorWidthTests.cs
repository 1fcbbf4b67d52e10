using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Kernels;

/// <summary>The kernels' own tests again, each time in a process where the processor seems to have less:
/// what a phone, a browser or an old server runs.</summary>
[Trait("Promise", "4")]
public class VectorWidthTests
{
    private static readonly Type[] Classes =
        [
        typeof(TileFunctionTests), typeof(TileKernelTests), typeof(ReductionTests), typeof(MatrixProductTests), typeof(Conv2DTests),
        typeof(Pool2DTests),
        typeof(LongSumTests), typeof(WindowEdgeTests), typeof(PathTests), typeof(ExactFunctionTests), typeof(MaskedLogitTests),
        typeof(SpecialValueTests), typeof(AdversaryTests),
    ];

    [Theory]
    [InlineData("DOTNET_EnableAVX512")]
    [InlineData("DOTNET_EnableAVX2")]
    [InlineData("DOTNET_EnableHWIntrinsic")]
    public Task Kernels_are_right_with_less(string switchedOff) =>
        TestProgram.Run(Classes.SelectMany(tests => new[] { "-class", tests.FullName! }), [(switchedOff, "0")]);
}
