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
        Assert.All(variables["first/b"].Memory.Span.ToArray(), value => Assert.Equal(0.1f, value));
        Assert.Equal("normal(0, 0.3)", variables["first/w"].Initializer.ToString());
    }

    [Fact]
    public void It_refuses_no_units_and_no_axes()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Layers.Dense(new Placeholder("x", [null, 2]), 0));
        Assert.Throws<ShapeException>(() => Layers.Dense(new Placeholder("x", []), 3));
        Assert.Throws<ArgumentNullException>(() => Layers.Dense(null!, 3));
    }

    [Fact]
    public void Activations()
    {
        var x = new Placeholder("x", [2]);
        double[] Of(Func<Node, Node> activation) => Read(activation(x), x, [2], [-2, 1]);
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
        return PlainReading.Of([node], feed)[node].Elements;
    }
}
