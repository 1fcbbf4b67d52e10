using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Diagnostics;

/// <summary>Every op passes the check that users have.</summary>
[Trait("Promise", "1")]
public class GradientCheckCatalogueTests
{
    public static TheoryData<string> Names => [.. OpSamples.All.Keys];

    [Theory, MemberData(nameof(Names))]
    public void It_is_right(string name)
    {
        var sample = OpSamples.All[name];
        var output = sample.Output.ElementType == ElementType.Float32 ? sample.Output : sample.Output.Cast();
        foreach (var feed in sample.Feeds)
        {
            var result = new GradientChecker((output * output).Sum(), sample.Floats, feed, default, new(), CancellationToken.None);
            Assert.True(result.Run() is { IsRight: true }, result.Run().ToText());
        }
    }
}
