namespace SimpleFlow.Tests.Networks;

/// <summary>The fully connected layer and the activations, against values worked out by hand.</summary>
public class DenseTests
{
    private static readonly Initializer Weights = Initializer.Constant(1, 2, 3, 4, 5, 6);          // [[1, 2, 3], [4, 5, 6]]
    private static readonly Initializer Bias = Initializer.Constant(10, 20, -100);

    [Fact]
    public void A_layer_is_rows_times_weights_plus_bias()
    {
        var x = new Placeholder("x", [null, 2]);
        var layer = Layers.Dense(x, 3, weights: Weights, bias: Bias);
        Assert.Equal([null, 3], layer.Shape);
        // 1·1 + 1·4 + 10, 1·2 + 1·5 + 20, …; then 2·1 + 0·4 + 10, …
        Assert.Equal([15, 27, -91, 12, 24, -94], Read(layer, x, [2, 2], [1, 1, 2, 0]));
    }

    [Fact]
    public void Its_activation_comes_last()
    {
        var x = new Placeholder("x", [null, 2]);
        Assert.Equal([15, 27, 0], Read(Layers.Dense(x, 3, Activation.Relu, Weights, Bias), x, [1, 2], [1, 1]));
        Assert.Equal([30, 54, -182], Read(Layers.Dense(x, 3, sums => sums * 2f, Weights, Bias), x, [1, 2], [1, 1]));
    }

    [Fact]
    public void It_works_on_one_row_and_on_batches_of_batches()
    {
        var row = new Placeholder("row", [2]);
        var layer = Layers.Dense(row, 3, weights: Weights, bias: Bias);
        Assert.Equal([3], layer.Shape);
        Assert.Equal([15, 27, -91], Read(layer, row, [2], [1, 1]));

        var series = new Placeholder("series", [null, 2, 2]);
        layer = Layers.Dense(series, 3, weights: Weights, bias: Bias);
        Assert.Equal([null, 2, 3], layer.Shape);
        Assert.Equal([15, 27, -91, 12, 24, -94], Read(layer, series, [1, 2, 2], [1, 1, 2, 0]));
    }

    [Fact]
    public void Its_variables_carry_its_name_and_start_from_the_defaults()
    {
        var layer = Layers.Dense(new Placeholder("x", [null, 2]), 3, name: "first");
        var variables = GraphOrder.Of([layer]).OfType<Variable>().ToDictionary(variable => variable.Name!);
        Assert.Equal(["first/b", "first/w"], variables.Keys.Order());
        Assert.Equal([2, 3], variables["first/w"].Shape);
        Assert.Equal([3], variables["first/b"].Shape);
        Assert.All(variables.Values, variable => Assert.True(variable.IsTrainable));
        Assert.All(variables["first/b"].Memory.Span.ToArray(), value => Assert.Equal(0, value));
        Assert.Equal("glorot", variables["first/w"].Initializer.ToString());
    }

    public static TheoryData<string, string> Starts { get; } = new()
    {
        { "none", "glorot" }, { "tanh", "glorot" }, { "sigmoid", "glorot" }, { "softplus", "glorot" }, { "softmax", "glorot" },
        { "relu", "he" }, { "leaky-relu", "he" }, { "elu", "he" }, { "gelu", "he" }, { "silu", "he" }, { "own", "he" },
    };

    /// <summary>A function of <see cref="Layers"/> and the layer that stands for it start alike.</summary>
    [Theory, MemberData(nameof(Starts))]
    public void Weights_start_as_it_suits_the_activation(string name, string initializer)
    {
        Activation activation = name == "own" ? sums => sums.LeakyRelu(0.2f) : Activations.Named.Single(one => one.Name == name).Function;
        var (row, series, images) = (new Placeholder("row", [null, 4]), new Placeholder("series", [null, 4, 9]),
            new Placeholder("images", [null, 4, 9, 9]));
        var layers = new List<Node> { Layers.Dense(row, 4, activation), Layers.Conv1D(series, 4, 3, activation),
            Layers.Conv2D(images, 4, 3, activation) };
        foreach (var (input, layer) in new (Node, Layer)[]
        {
            (row, new Layer.Dense(4, activation)), (series, new Layer.Conv1D(4, 3, activation)),
            (images, new Layer.Conv2D(4, 3, activation)),
        }) layers.Add(new Sequential(layer).Build(input));
        var variables = layers.SelectMany(layer => GraphOrder.Of([layer]).OfType<Variable>()).ToList();
        Assert.All(variables.Where(variable => variable.Shape.Rank > 1),
            variable => Assert.Equal(initializer, variable.Initializer.ToString()));
        Assert.All(variables.Where(variable => variable.Shape.Rank == 1),
            variable => Assert.All(variable.Memory.Span.ToArray(), value => Assert.Equal(0, value)));
    }

    /// <summary>From a standard deviation of 0.3, three layers of 256 make numbers that are a hundred times too large, and the loss of rows
    /// never seen stays a hundred times the variance of the target.</summary>
    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void A_deep_and_wide_network_learns_from_the_defaults(int seed)
    {
        var random = new Random(seed);
        var (rows, targets) = (new float[1200, 20], new float[1200, 1]);
        for (var i = 0; i < 1200; i++)
        {
            for (var j = 0; j < 20; j++) rows[i, j] = 2 * random.NextSingle() - 1;
            targets[i, 0] = MathF.Sin(2 * rows[i, 0]) + rows[i, 1] * rows[i, 2];
        }
        var (x, y) = (new Placeholder("x", [null, 20]), new Placeholder("y", [null, 1]));
        Node hidden = x;
        for (var layer = 0; layer < 3; layer++) hidden = Layers.Dense(hidden, 256, Activation.Relu, name: $"hidden {layer + 1}");
        var model = new Model(Losses.MeanSquaredError(Layers.Dense(hidden, 1), y), optimizer: new Adam(), seed: (ulong)seed);
        var all = new Dataset { [x] = rows, [y] = targets };
        model.Fit(all.Take(1000), epochs: 10);
        var variance = Enumerable.Range(0, 1200).Average(i => targets[i, 0] * (double)targets[i, 0]);
        Assert.InRange(model.Evaluate(all.Skip(1000)).Loss, 0, 0.3 * variance);
    }

    [Fact]
    public void It_refuses_no_units_and_no_axes()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Layers.Dense(new Placeholder("x", [null, 2]), 0));
        Assert.Throws<ShapeException>(() => Layers.Dense(new Placeholder("x", []), 3));
        Assert.Throws<ArgumentNullException>(() => Layers.Dense(null!, 3));
    }

    [Fact]
    public void Activations_are_functions()
    {
        var x = new Placeholder("x", [2]);
        double[] Of(Activation activation) => Read(activation(x), x, [2], [-2, 1]);
        Assert.Equal([-2, 1], Of(Activation.None));
        Assert.Equal([0, 1], Of(Activation.Relu));
        Assert.Equal(-0.02, Of(Activation.LeakyRelu)[0], 1e-7);
        Assert.Equal(1 / (1 + Math.Exp(2)), Of(Activation.Sigmoid)[0], 1e-12);
        Assert.Equal(Math.Tanh(-2), Of(Activation.Tanh)[0], 1e-12);
        Assert.Equal(1 / (1 + Math.Exp(3)), Of(Activation.Softmax)[0], 1e-12);
    }

    private static double[] Read(Node node, Placeholder x, int[] shape, double[] values)
    {
        var feed = new Ops.PlainFeed { [x] = new PlainTensor(Shape.Of(shape), values) };
        Ops.Check.Compiled([node], feed);
        return PlainReading.ValuesOf([node], feed)[node].Elements;
    }
}
