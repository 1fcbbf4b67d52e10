// What a user ships: compiled ahead of time and trimmed, it learns, saves, loads and says the same.
// ShippingTests publishes it, gives it a folder of pictures and reads what it prints.

using System.Runtime.CompilerServices;
using SimpleFlow;
using SimpleFlow.Images;
using SimpleFlow.Shipped;

if (args is ["ranks", var what])
{
    OnRanks.Run(what);
    return;
}
Console.WriteLine($"compiled ahead of time: {!RuntimeFeature.IsDynamicCodeSupported}");
var folder = Directory.CreateTempSubdirectory("simpleflow-shipped-");
try
{
    // A graph of one's own, with a checkpoint to go on from.
    var x = new Placeholder("x", [null, 1, 4, 4]);
    var y = new Placeholder("y", [null], ElementType.Int32);
    var features = Layers.Conv2D(x, 4, 3, padding: 1, activation: Activation.Relu, name: "features").Flatten();
    var scores = Layers.Dense(Layers.Dropout(features, 0.1f), 2, name: "scores");
    var model = new Model(Losses.SoftmaxCrossEntropy(scores, y), scores, new Adam(0.02f), [Metrics.Accuracy(scores, y)], seed: 3);
    var stripes = Stripes();
    var history = model.Fit(new Dataset { [x] = stripes.Images, [y] = stripes.Labels }, new FitOptions
    {
        Epochs = 8,
        BatchSize = 16,
        Callbacks = [new Checkpoint(folder.FullName)],
    });
    Console.WriteLine($"images: loss {history.Epochs[0].Loss:F4} then {history.Last.Loss:F4}");
    var more = new Model(Losses.SoftmaxCrossEntropy(scores, y), scores, new Adam(0.02f), [Metrics.Accuracy(scores, y)], seed: 3);
    more.Fit(new Dataset { [x] = stripes.Images, [y] = stripes.Labels }, new FitOptions
    {
        Epochs = 9,
        BatchSize = 16,
        Callbacks = [new Checkpoint(folder.FullName)],
        Resume = folder.FullName,
    });
    Console.WriteLine($"resumed: {more.Iterations - model.Iterations} steps more");
    var check = GradientCheck.Of(Losses.SoftmaxCrossEntropy(scores, y), new Feed { [x] = stripes.Images, [y] = stripes.Labels });
    Console.WriteLine($"gradients: {(check.IsRight ? "right" : "wrong")}");

    // A network from a table and from JSON, in one file.
    var table = CsvTable.Parse("a,b,sum\n" + string.Join('\n', Enumerable.Range(0, 64).Select(i => $"{i % 8},{i / 8},{i % 8 + i / 8}")));
    var layers = Sequential.FromJson("""[{ "layer": "dense", "units": 8, "activation": "tanh" }]""").Layers;
    var network = new Network(new(TableInput.Of(table, "sum", out _), NumberOutput.Of(table, "sum"), layers), new Adam(0.02f));
    var learned = network.Model.Fit(network.Dataset(table), epochs: 40, batchSize: 16);
    Console.WriteLine($"table: loss {learned.Epochs[0].Loss:F4} then {learned.Last.Loss:F4}");
    var file = Path.Combine(folder.FullName, "network.safetensors");
    network.Save(file);
    Console.WriteLine(
        $"loaded: {(Network.Load(file).Estimate(table).SequenceEqual(network.Estimate(table)) ? "says the same" : "says something else")}");

    // What a program adds of its own: ops, an optimizer, initial values, a layer in a saved network.
    Layer.Register("bend", ShippedJson.Default.Bend);
    var own = new Network(new(TableInput.Of(table, "sum", out _), NumberOutput.Of(table, "sum"), [.. layers, new Bend(0.5f)]),
        new Halving(0.02f));
    var bent = own.Model.Fit(own.Dataset(table), epochs: 60, batchSize: 16);
    own.Save(file);
    var same = Network.Load(file).Estimate(table).SequenceEqual(own.Estimate(table));
    Console.WriteLine($"own parts: loss {bent.Epochs[0].Loss:F4} then {bent.Last.Loss:F4}");
    Console.WriteLine($"own parts loaded: {(same ? "says the same" : "says something else")}");
    Console.WriteLine($"own ops: {string.Join(", ", GraphOps(own).Where(op => op is Softsign or RunningSum).Distinct())}");

    // The image files of the folder that it was given, each with the sum of its pixels.
    foreach (var picture in Pictures.In(args[0]))
    {
        var pixels = new float[3 * 8 * 8];
        Pictures.Read([picture], 8, 8, channels: 3).Images.CopyTo(pixels);
        Console.WriteLine(FormattableString.Invariant($"{Path.GetRelativePath(args[0], picture)}: {pixels.Sum():R}"));
    }
}
finally
{
    folder.Delete(recursive: true);
}

static IEnumerable<Op> GraphOps(Network network)
{
    var (left, seen) = (new Stack<Node>(network.Model.Losses), new HashSet<Node>());
    while (left.TryPop(out var node))
    {
        if (!seen.Add(node)) continue;
        if (node is Operation operation) yield return operation.Op;
        foreach (var input in node.Inputs) left.Push(input);
    }
}

// Upright stripes are 0, lying ones 1.
static (DataArray Images, int[] Labels) Stripes()
{
    var (images, labels) = (new float[64, 1, 4, 4], new int[64]);
    for (var i = 0; i < 64; i++)
    {
        labels[i] = i % 2;
        for (var row = 0; row < 4; row++)
        {
            for (var column = 0; column < 4;
            column++)
                images[i, 0, row, column] = ((labels[i] == 0 ? column : row) + i / 2 % 2) % 2 + 0.01f * (i * 7 % 13);
        }
    }
    return (DataArray.From(images), labels);
}
