using SimpleFlow.Tests.Compilation;

namespace SimpleFlow.Tests.Execution;

/// <summary>Nothing in the library recurses along a graph.</summary>
public class DeepGraphTests
{
    private const int Depth = 10_000;

    [Fact]
    public void A_chain_of_ten_thousand_nodes_is_built_differentiated_compiled_and_run()
    {
        var w = new Variable("w", [3], Initializer.Constant(0.5f, -0.25f, 1f));
        Node y = w;
        for (var i = 0; i < Depth; i++) y = i % 2 == 0 ? y.Tanh() : y + w;
        var reading = new Reading([y, .. Gradients.Of(y, w)], new Dictionary<Placeholder, PlainTensor>(), default);
        var plain = reading.Plain();
        var compiled = reading.Compiled();
        // y ← tanh(y) + w runs into a fixed point, so an error dies out instead of growing with the depth.
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(plain[reading.Outputs[0]].Elements[i], compiled[0][i], 1e-5);
            Assert.Equal(plain[reading.Outputs[1]].Elements[i], compiled[1][i], 1e-4);
        }
        Assert.True(y.Label.Length < 100);
    }

    [Fact]
    public void And_trained()
    {
        var w = new Variable("w", [4, 4]);
        var x = new Placeholder("x", [null, 4]);
        Node y = x;
        for (var i = 0; i < 1_000; i++) y = y.MatMul(w).Tanh();
        var model = new Model(y.Power(2).Mean(), y, new GradientDescent());
        Assert.True(float.IsFinite(model.Fit(new Feed { [x] = new float[2, 4] }, 2).Loss));
        Assert.NotEmpty(model.Summary());
    }
}
