using SimpleFlow.Cli.Recipes;
using SimpleFlow.Onnx;
using static SimpleFlow.Flow;

namespace SimpleFlow.Cli.Examples;

/// <summary>A small network to look into, with a model that could train it and a few rows to look at its numbers with.</summary>
internal sealed record ExampleNetwork(string Name, Model Model, Node Loss, Node Predicted, Feed Rows)
{
    public static readonly string[] Names = ["line", "parabola", "mnist", "seed"];
    private const int RowCount = 4;

    /// <summary>The network of this name, or the saved one at this path.</summary>
    /// <param name="name">One of <see cref="Names"/>, or a file or folder with a saved network.</param>
    /// <param name="seed">The seed of its initial weights, if it is not a saved one, and of its made-up rows.</param>
    /// <exception cref="DataException">There is no saved network at the path, or it is damaged.</exception>
    public static ExampleNetwork Create(string name, ulong seed) => name switch
    {
        "line" => Line(seed),
        "parabola" => Parabola(seed),
        "mnist" => Of(Mnist(seed), seed),
        "seed" => Seed(seed),
        _ => Saved(name, seed),
    };

    private static ExampleNetwork Saved(string path, ulong seed)
    {
        var optimizer = OptimizerNames.Create(MlpRecipe.Optimizer, rate: null);
        if (!NetworkFile.IsOnnx(path)) return Of(Network.Load(path, optimizer: optimizer), seed);
        return OnnxNetwork.TryLoad(path, out var network, out _, optimizer: optimizer) ? Of(network, seed)
            : ForeignExample.Of(path, optimizer, RowCount, seed);
    }

    private static ExampleNetwork Line(ulong seed)
    {
        var x = new Placeholder("x", [null, 1]);
        var y = new Placeholder("y", [null, 1]);
        var a = new Variable("a", []);
        var b = new Variable("b", []);
        var predicted = AddFlow(a * x, new Add(b), "y_pre");
        var loss = (predicted - y).Power(2).Mean(name: "loss");
        float[] xs = [-1, -0.5f, 0, 0.5f, 1];
        return Of("line", loss, predicted, new GradientDescent(), seed, new Feed { [x] = xs, [y] = Array.ConvertAll(xs, v => 2 * v + 1) });
    }

    /// <summary>The network of the seed's first example, 1 → 20 → 1.</summary>
    private static ExampleNetwork Parabola(ulong seed)
    {
        var x = new Placeholder("x", [null, 1]);
        var y = new Placeholder("y", [null, 1]);
        var w1 = new Variable("w_1", [1, 20]);
        var b1 = new Variable("b_1", [20], Initializer.Constant(0.1f));
        var w2 = new Variable("w_2", [20, 1]);
        var b2 = new Variable("b_2", [1], Initializer.Constant(0.1f));
        var l1 = (x.MatMul(w1) + b1).Relu("l_1");
        var predicted = AddFlow(l1.MatMul(w2), new Add(b2), "y_pre");
        var loss = (predicted - y).Power(2).Sum(axis: 1).Mean(name: "loss");
        float[] xs = [-1, -0.5f, 0, 0.5f, 1];
        return Of("parabola", loss, predicted, new GradientDescent(), seed, new Feed { [x] = xs, [y] = Array.ConvertAll(xs, v => v * v) });
    }

    /// <summary>The network that <c>train mnist</c> makes.</summary>
    private static Network Mnist(ulong seed)
    {
        var recipe = MlpRecipe.Create(new TrainSettings());
        return new Network(
            new NetworkDescription(new ImageInput(1, 28, 28),
                new ClassOutput("class", [.. Enumerable.Range(0, 10).Select(number => $"{number}")]), recipe.Layers), recipe.Optimizer,
            new TrainingChoices { Seed = seed });
    }

    private static ExampleNetwork Of(Network network, ulong seed) =>
        new("network", network.Model, network.Model.Losses[0], network.Model.Predictions[0], MadeUpRows.Of(network, RowCount, seed));

    /// <summary>The seed's second example, 784 → 64 → 10 with softmax and cross-entropy, on made-up images:
    /// its formulas need no real ones.</summary>
    private static ExampleNetwork Seed(ulong seed)
    {
        var x = new Placeholder("img", [null, 784]);
        var y = new Placeholder("label", [null, 10]);
        var hidden = Layers.Dense(x, 64, Activation.Relu, Initializer.Normal(0.3f), Initializer.Constant(0.1f), name: "dense_layer_1");
        var predicted = Layers.Dense(hidden, 10, Activation.Softmax, Initializer.Normal(0.3f), Initializer.Constant(0.1f),
            name: "predict_dense");
        var loss = Losses.CrossEntropy(predicted, y, epsilon: 1e-8f);
        var random = new Random(1);
        var (images, labels) = (new float[RowCount, 784], new float[RowCount, 10]);
        for (var row = 0; row < RowCount; row++)
        {
            // about as dark as digits are
            for (var pixel = 0; pixel < 784; pixel++) images[row, pixel] = random.NextSingle() < 0.2f ? random.NextSingle() : 0;
            labels[row, random.Next(10)] = 1;
        }
        return Of("seed", loss, predicted, new GradientDescent(), seed, new Feed { [x] = images, [y] = labels });
    }

    private static ExampleNetwork Of(string name, Node loss, Node predicted, Optimizer optimizer, ulong seed, Feed rows) =>
        new(name, new Model(loss, predicted, optimizer, seed: seed), loss, predicted, rows);
}
