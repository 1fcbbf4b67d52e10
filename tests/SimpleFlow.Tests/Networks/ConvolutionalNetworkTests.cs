namespace SimpleFlow.Tests.Networks;

public class ConvolutionalNetworkTests
{
    private static Node LeNet(Node images)
    {
        var x = Layers.Conv2D(images, 6, 5, Activation.Relu, padding: 2, name: "conv1").MaxPool2D(2);
        x = Layers.Conv2D(x, 16, 5, Activation.Relu, name: "conv2").MaxPool2D(2);
        x = Layers.Dense(x.Flatten(), 120, Activation.Relu, Initializer.He(), name: "dense1");
        x = Layers.Dense(x, 84, Activation.Relu, Initializer.He(), name: "dense2");
        return Layers.Dense(x, 10, weights: Initializer.He(), name: "dense3");
    }

    private static (float[] Pixels, int[] Labels) Digits(int count)
    {
        var train = Mnist.Load().Train;
        var (pixels, labels) = (new float[count * 784], new int[count]);
        train.Images.Slice(0, count).CopyTo(pixels);
        train.Labels.Slice(0, count).CopyTo(labels);
        return (pixels, labels);
    }

    [Fact]
    public void Shapes_follow_through_LeNet()
    {
        var x = new Placeholder("x", [null, 1, 28, 28]);
        var c1 = Layers.Conv2D(x, 6, 5, padding: 2);
        Assert.Equal(Shape.Create([null, 6, 28, 28]), c1.Shape);
        var c2 = Layers.Conv2D(c1.MaxPool2D(2), 16, 5);
        Assert.Equal(Shape.Create([null, 16, 10, 10]), c2.Shape);
        Assert.Equal(Shape.Create([null, 400]), c2.MaxPool2D(2).Flatten().Shape);
    }

    [Fact]
    public void A_layer_has_weights_and_one_bias_for_each_channel()
    {
        var x = new Placeholder("x", [null, 4, 9, 9]);
        var y = Layers.Conv2D(x, 6, (3, 2), Activation.Relu, stride: 2, padding: 1, groups: 2, name: "layer");
        Assert.Equal(Shape.Create([null, 6, 5, 5]), y.Shape);
        var model = new Model(default, y);
        Assert.Equal(["layer/w [6, 2, 3, 2]", "layer/b [6]"], model.Variables.Select(variable => variable.ToString()));
        Assert.Contains("Conv2D: `flat`",
            Assert.Throws<ShapeException>(() => Layers.Conv2D(new Placeholder("flat", [null, 9]), 6, 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void First_weights_are_scaled_to_what_one_output_is_made_from()
    {
        var w = new Variable("w", [64, 32, 5, 5], Initializer.He());
        var values = w.Memory.Span.ToArray();
        Assert.Equal(2.0 / (32 * 5 * 5), values.Average(value => (double)value * value), 4e-5);
        var glorot = new Variable("w", [64, 32, 5, 5], Initializer.Glorot());
        Assert.Equal(Math.Sqrt(6.0 / ((32 + 64) * 25)), glorot.Memory.Span.ToArray().Max(Math.Abs), 1e-4);
    }

    [Fact]
    public void Flatten_keeps_the_batch()
    {
        Assert.Equal(Shape.Create([null, 12]), new Placeholder("x", [null, 3, 4]).Flatten().Shape);
        Assert.Equal(Shape.Create([2, 0]), new Placeholder("x", [2, 3, 0]).Flatten().Shape);
        Assert.Equal(Shape.Create([null, 1]), new Placeholder("x", [null]).Flatten().Shape);
        Assert.Contains("must be known", Assert.Throws<ShapeException>(() => new Placeholder("x", [null, null, 3]).Flatten()).Message,
            StringComparison.Ordinal);
        Assert.Contains("no batch axis", Assert.Throws<ShapeException>(() => new Placeholder("x", []).Flatten()).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void LeNet_learns_some_digits_by_heart_with_the_same_bits_on_any_number_of_threads()
    {
        var (pixels, labels) = Digits(300);
        float[] losses = [.. new[] { 1, 3 }.Select(threads =>
        {
            var x = new Placeholder("x", [null, 784]);
            var y = new Placeholder("y", [null], ElementType.Int32);
            var output = LeNet(x.Reshape([null, 1, 28, 28]));
            var model = new Model(Losses.SoftmaxCrossEntropy(output, y), output, new Adam(0.002f), seed: 1, threads: threads);
            return model.Fit(new Feed { [x] = System.Numerics.Tensors.Tensor.Create(pixels, [300, 784]), [y] = labels },
                maxIterations: 40).Loss;
        })];
        Assert.InRange(losses[0], 0, 0.15);
        Assert.Equal(losses[0], losses[1]);
    }

    [Fact]
    public void A_warm_step_allocates_nothing()
    {
        var x = new Placeholder("x", [null, 1, 12, 12]);
        var y = new Placeholder("y", [null, 3]);
        var output = Layers.Dense(Layers.Conv2D(x, 4, 3, Activation.Relu, padding: 1).MaxPool2D(2).AveragePool2D(2).Flatten(), 3);
        var model = new Model(Losses.MeanSquaredError(output, y), optimizer: new Adam(), threads: 1);
        var feed = new Feed
        {
            [x] = System.Numerics.Tensors.Tensor.Create(new float[5 * 144], [5, 1, 12, 12]),
            [y] = System.Numerics.Tensors.Tensor.Create(new float[15], [5, 3])
        };
        model.Fit(feed, 2);
        long Allocated(int steps)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            model.Fit(feed, steps);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        Allocated(3);
        Assert.Equal(Allocated(1), Allocated(11));
    }
}
