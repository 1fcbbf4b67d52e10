namespace SimpleFlow.Tests.Training;

/// <summary>The fits with which the project this one grew from showed that it works.</summary>
public class SeedFitTests
{
    [Fact]
    public void A_line_through_three_points_ends_at_the_least_squares()
    {
        var x = new Placeholder("x", [null]);
        var y = new Placeholder("y", [null]);
        var (a, b) = (new Variable("a", []), new Variable("b", []));
        var model = new Model((a * x + b - y).Power(2).Mean(), optimizer: new GradientDescent());
        var result = model.Fit(new Feed { [x] = new float[] { 10, 2, 1 }, [y] = new float[] { 40, 13, 10 } }, maxIterations: 200_000);

        Assert.True(result.Settled);
        // The normal equations: n = 3, Σx = 13, Σy = 63, Σx² = 105, Σxy = 436.
        Assert.Equal((3 * 436 - 13 * 63) / (3.0 * 105 - 13 * 13), a.Value, 1e-3);
        Assert.Equal((105 * 63 - 13 * 436) / (3.0 * 105 - 13 * 13), b.Value, 5e-3);
    }

    [Fact]
    public void A_parabola_is_descended_from_a_hundred()
    {
        var x = new Placeholder("x", []);
        var b = new Variable("b", [], Initializer.Constant(100f));
        var model = new Model((x + b).Power(2), optimizer: new GradientDescent());
        var result = model.Fit(new Feed { [x] = 5f }, maxIterations: 50_000);
        Assert.True(result.Settled);
        Assert.Equal(-5, b.Value, 1e-3);
        Assert.InRange(result.Loss, 0, 1e-6);
    }

    [Fact]
    public void Twenty_relus_learn_a_noisy_parabola()
    {
        var net = SeedNetworks.Parabola.Create();
        var model = new Model(net.Loss, net.Predicted, new GradientDescent(), seed: 1);
        var feed = net.Feed(32);
        var first = model.Fit(feed, 1).Loss;
        for (var epoch = 0; epoch < 200; epoch++) model.Fit(feed, maxIterations: 50);
        Assert.True(net.Loss.Value < first / 50, $"The loss went from {first} to {net.Loss.Value}.");
        Assert.Equal([32, 1], model.Predict(feed).Lengths.ToArray().Select(length => (int)length));
    }
}
