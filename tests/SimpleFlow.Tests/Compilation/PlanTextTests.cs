using System.Text.RegularExpressions;
using SimpleFlow.Compilation;

namespace SimpleFlow.Tests.Compilation;

/// <summary>The plans of the seed's networks, as people read them: a change of the compiler shows as a change of these files.</summary>
public partial class PlanTextTests
{
    [Fact]
    public void Parabola()
    {
        var net = SeedNetworks.Parabola.Create();
        Check("parabola", new Model(net.Loss, net.Predicted, new GradientDescent(), threads: 1), net.Feed(32));
    }

    [Fact]
    public void Mnist()
    {
        var net = SeedNetworks.Mnist.Create();
        Check("mnist", new Model(net.Loss, net.Predicted, new Adam(), Metrics.Accuracy(net.Predicted, net.Y), threads: 1), net.Feed(200));
    }

    // How much scratch memory a product wants depends on the processor's vectors.
    private static void Check(string name, Model model, Feed feed) =>
        Snapshot.AssertMatches($"{name}-plan", Scratch().Replace(model.PlanText(feed), "memory  … bytes, of which … scratch"));

    [GeneratedRegex(@"memory  [\d,]+ bytes, of which [\d,]+ scratch")]
    private static partial Regex Scratch();
}
