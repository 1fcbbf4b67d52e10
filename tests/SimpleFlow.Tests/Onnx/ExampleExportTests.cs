using SimpleFlow.Tests.Ops;

namespace SimpleFlow.Tests.Onnx;

/// <summary>The networks of the examples, exported: what ONNX Runtime computes with them, and that they have the same bits when they are
/// read again.</summary>
public sealed class ExampleExportTests
{
    private static readonly Dictionary<string, (Placeholder Input, Func<Node, Node[]> Build)> Networks = new(StringComparer.Ordinal)
    {
        ["05-mnist-cnn"] = (new Placeholder("image", [null, 1, 28, 28]), x => [new Sequential(
            new Layer.Conv2D(16, 5, Activation.Relu), new Layer.MaxPool2D(), new Layer.Conv2D(32, 5, Activation.Relu),
            new Layer.MaxPool2D(), new Layer.Dense(128, Activation.Relu), new Layer.Dropout(0.5f), new Layer.Dense(10)).Build(x)]),
        ["05-mnist-cnn --deep"] = (new Placeholder("image", [null, 1, 28, 28]), x => [new Sequential(
            [.. Twice(16), .. Twice(32), new Layer.Dense(128, Activation.Relu), new Layer.Dropout(0.4f), new Layer.Dense(10)]).Build(x)]),
        ["06-two-spirals"] = (new Placeholder("point", [null, 2]), x =>
        {
            for (var i = 1; i <= 3; i++) x = Layers.Dense(x, 64, Activation.Relu, name: $"hidden {i}");
            return [Layers.Dense(x, 2, name: "scores")];
        }
        ),
        ["08-time-series"] = (new Placeholder("months", [null, 24, 1]), x =>
            [Layers.Dense(Layers.Lstm(x, 24, name: "lstm"), 1, name: "next")]),
        ["09-characters"] = (new Placeholder("text", [null, 32], ElementType.Int32), x => [new Sequential(
            new Layer.Embedding(60, 48), new Layer.PositionalEmbedding(),
            new Layer.TransformerBlock(Heads: 4, Causal: true, DropoutRate: 0.2f),
            new Layer.TransformerBlock(Heads: 4, Causal: true, DropoutRate: 0.2f), new Layer.LayerNorm(),
            new Layer.Dense(60)).Build(x)]),
        ["10-autoencoder"] = (new Placeholder("image", [null, 784]), x =>
        {
            var code = Dense(Dense(Dense(x, 256, "in 1"), 64, "in 2"), 2, "code", Activation.None);
            return [code, Dense(Dense(Dense(code, 64, "out 1"), 256, "out 2"), 784, "again", Activation.Sigmoid)];
        }
        ),
    };

    public static TheoryData<string> Names => [.. Networks.Keys];

    [Theory, MemberData(nameof(Names))]
    public void It_means_the_same_in_ONNX_Runtime_and_has_the_same_bits_when_it_is_read_again(string name)
    {
        var (x, build) = Networks[name];
        // A model gives the variables their first values.
        var model = new Model(losses: default, predictions: build(x), seed: 5);
        Agrees(x, model.Predictions);
    }

    [Fact]
    public void So_do_those_of_the_seed()
    {
        var parabola = SeedNetworks.Parabola.Create();
        Agrees(parabola.X, new Model(losses: default, predictions: parabola.Predicted, seed: 5).Predictions);
        var mnist = SeedNetworks.Mnist.Create();
        Agrees(mnist.X, new Model(losses: default, predictions: mnist.Predicted, seed: 5).Predictions);
    }

    private static void Agrees(Placeholder x, IReadOnlyList<Node> predictions)
    {
        foreach (var rows in new[] { 1, 2 })
        {
            var random = new Random(rows);
            var elements = new double[rows * x.Shape.Skip(1).Aggregate(1, (product, size) => product * (int)size!.Value)];
            for (var i = 0; i < elements.Length; i++)
                elements[i] = x.ElementType == ElementType.Int32 ? random.Next(60) : random.NextSingle();
            var feed = new PlainFeed { [x] = new PlainTensor(Shape.Create([rows, .. x.Shape.Skip(1)]), elements) };
            Assert.Null(Exported.Difference(predictions, feed));
            Assert.Null(Exported.OtherBitsAfterReading(predictions, feed));
        }
    }

    private static Layer[] Twice(int channels) =>
        [
        new Layer.Conv2D(channels, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu),
        new Layer.Conv2D(channels, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu), new Layer.MaxPool2D(),
        ];

    private static Node Dense(Node input, int units, string name, Activation? activation = null) =>
        Layers.Dense(input, units, activation ?? Activation.Tanh, name: name);
}
