namespace SimpleFlow.Cli.Benches;

/// <summary>What share of the processor's peak each kind of layer reaches: two of a kind on top of each other, predicting and training, in
/// turns with the loop that runs at the peak.</summary>
internal sealed record LayerBench(string Name, int Batch, int[] Input, Func<Node, Node> Layer, double Products)
{
    /// <summary>The kinds, in sizes that networks for one computer have. Only the multiplications and additions of products count, as is
    /// usual: what a layer does beside them lowers its share.</summary>
    public static LayerBench[] All { get; } =
        [
            new("dense 512", 64, [512], x => Layers.Dense(x, 512, Activation.Relu), 512.0 * 512),
            new("convolution 3×3, 64 channels, 28×28", 8, [64, 28, 28], x => Layers.Conv2D(x, 64, 3, Activation.Relu, padding: 1),
                28.0 * 28 * 9 * 64 * 64),
            new("convolution 1×1, 128 channels, 28×28", 8, [128, 28, 28], x => Layers.Conv2D(x, 128, 1, Activation.Relu),
                28.0 * 28 * 128 * 128),
            new("depthwise 3×3, 64 channels, 28×28", 8, [64, 28, 28],
                x => Layers.Conv2D(x, 64, 3, Activation.Relu, padding: 1, groups: 64), 28.0 * 28 * 9 * 64),
            new("LSTM 128, 20 steps", 32, [20, 128], x => Layers.Lstm(x, 128, sequence: true), 20.0 * 4 * 128 * (128 + 128)),
            new("attention, 4 heads, 64 places of 128", 8, [64, 128], x => Layers.MultiHeadAttention(x, heads: 4),
                64.0 * 4 * 128 * 128 + 2.0 * 64 * 64 * 128),
        ];

    public IEnumerable<Figure> Measure(int threads, Rounds rounds)
    {
        var x = new Placeholder("x", [null, .. Input]);
        var output = Layer(Layer(x));
        // All of the output is computed; only a row of it is copied out of the plan.
        var model = new Model(output.Power(2).Mean(), output.Slice(0, 0, 1), new GradientDescent(1e-3f), threads: threads);
        var feed = new Feed { [x] = RandomData.Numbers(Batch, Input) };
        var steps = new Steps(model, feed);
        var fma = new FmaLoop(threads);
        var measured = rounds.Measure(fma.Run, times =>
        {
            for (var i = 0; i < times; i++) model.Predict(feed);
        }, steps.Make);
        // Forward in both layers; backward to the weights of both, and from the second to the first.
        yield return Share("predicting", 1, 2);
        yield return Share("training", 2, 5);

        Figure Share(string what, int contestant, int passes) => new($"{Name}, batch {Batch}, {what}",
            100 * Rounds.Median(measured.Select(round => 2 * Products * Batch * passes / round[contestant] / (fma.Operations / round[0]))),
            "% of the peak");
    }
}
