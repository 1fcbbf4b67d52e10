// Lesson 11: when it does not learn. Made from learn/11-when-it-does-not-learn.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
var random = new Random(1);
var (xs, ys) = (new float[64, 8], new float[64, 1]);
for (var i = 0; i < 64; i++)
{
    for (var j = 0; j < 8; j++) xs[i, j] = 2 * random.NextSingle() - 1;
    ys[i, 0] = MathF.Sin(3 * xs[i, 0]) + xs[i, 1] * xs[i, 2];
}

// Six layers of 32 units, with an activation and first weights to choose.
(Model Model, Node[] Layers, Node Loss, Feed Feed) Deep(Activation activation, Initializer weights, Initializer bias)
{
    var (x, y) = (new Placeholder("x", [null, 8]), new Placeholder("y", [null, 1]));
    var layers = new List<Node>();
    Node node = x;
    for (var i = 1; i <= 6; i++) layers.Add(node = Layers.Dense(node, 32, activation, weights, bias, name: $"layer {i}"));
    var loss = (Layers.Dense(node, 1, weights: Initializer.Glorot(), name: "output") - y).Power(2).Mean(name: "loss");
    return (new Model(loss, optimizer: new Adam(0.003f), seed: 1), layers.ToArray(), loss, new Feed { [x] = xs, [y] = ys });
}

void Report(string name, (Model Model, Node[] Layers, Node Loss, Feed Feed) network)
{
    var trace = network.Model.Trace(network.Feed);
    Console.WriteLine(name);
    foreach (var layer in new[] { 0, 2, 5 })
    {
        var row = trace[network.Layers[layer]];
        Console.WriteLine($"  layer {layer + 1}: {row.Value.ShareOfZeros,4:P0} zeros, values up to {row.Value.Maximum:E0}, "
            + $"gradient {row.Gradient!.Norm:E0}");
    }
    network.Model.Fit(network.Feed, maxIterations: 300);
    var loss = network.Model.Evaluate(network.Feed).Loss;
    Console.WriteLine($"  after 300 steps {(loss < 0.05 ? "it has learnt" : loss < 10 ? "it has not learnt" : "it has exploded")}");
}

Report("a healthy network", Deep(Activation.Relu, Initializer.He(), Initializer.Zeros()));
var vanishing = Deep(Activation.Sigmoid, Initializer.Normal(0.1f), Initializer.Zeros());
Report("sigmoids and small weights", vanishing);
var exploding = Deep(Activation.Relu, Initializer.Normal(2f), Initializer.Zeros());
Report("weights that are too large", exploding);
var dead = Deep(Activation.Relu, Initializer.He(), Initializer.Constant(-3f));
Report("dead units", dead);
var network = Deep(Activation.Sigmoid, Initializer.Normal(0.1f), Initializer.Zeros());
var histograms = new LayerHistograms(network.Loss, network.Layers);
for (var moment = 0; moment < 30; moment++)
{
    histograms.Record(network.Feed);
    network.Model.Fit(network.Feed, maxIterations: 10);
}
histograms.SavePng("pictures/11-vanishing.png");
Console.WriteLine(GradientCheck.Of(network.Loss, network.Feed).IsRight ? "all gradients are right" : "a gradient is wrong");
