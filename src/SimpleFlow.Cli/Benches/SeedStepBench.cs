namespace SimpleFlow.Cli.Benches;

/// <summary>Training steps of the networks that SimpleFlow grew from, in the seed's loop: again and again on one batch.</summary>
internal static class SeedStepBench
{
    private static readonly Initializer Weights = Initializer.Normal(0.3f), Bias = Initializer.Constant(0.1f);

    public static Figure Parabola(int threads, Rounds rounds)
    {
        var (x, y) = (new Placeholder("x", [null, 1]), new Placeholder("y", [null, 1]));
        var output = Layers.Dense(Layers.Dense(x, 20, Activation.Relu, Weights, Bias), 1, null, Weights, Bias);
        var loss = (output - y).Power(2).Sum(axis: 1).Mean();
        var feed = new Feed { [x] = RandomData.Numbers(32, 1), [y] = RandomData.Numbers(32, 1) };
        return Measure("step of 1-20-1, batch 32, SGD", new Model(loss, optimizer: new GradientDescent(), threads: threads), feed, rounds);
    }

    public static Figure Mnist(string name, Optimizer optimizer, int threads, Rounds rounds)
    {
        var (x, y) = (new Placeholder("img", [null, 784]), new Placeholder("label", [null, 10]));
        var output = Layers.Dense(Layers.Dense(x, 64, Activation.Relu, Weights, Bias), 10, Activation.Softmax, Weights, Bias);
        var feed = new Feed { [x] = RandomData.Pixels(200, 784), [y] = RandomData.Labels(200, 10).OneHot(10) };
        return Measure($"step of 784-64-10, batch 200, {name}",
            new Model(Losses.CrossEntropy(output, y), optimizer: optimizer, threads: threads), feed, rounds);
    }

    private static Figure Measure(string name, Model model, Feed feed, Rounds rounds)
    {
        var seconds = rounds.Measure(new Steps(model, feed).Make);
        return new Figure(name, 1e6 * Rounds.Median(seconds.Select(round => round[0])), "µs");
    }
}
