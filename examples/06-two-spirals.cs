// Two spirals wind around each other three times: no line separates them, and no small network finds it easy. A classic since 1988
// (Lang and Witbrock, "Learning to tell two spirals apart"). The picture shows what the network predicts everywhere in the plane.
//
//   dotnet run -c Release examples/06-two-spirals.cs                    400 epochs
//   dotnet run -c Release examples/06-two-spirals.cs -- 100 --seed 2    fewer epochs, other random numbers

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 400;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;

var (points, labels) = Spirals(count: 400, noise: 0.012, new Random(1));
var (freshPoints, freshLabels) = Spirals(count: 1000, noise: 0.012, new Random(2));

var x = new Placeholder("point", [null, 2]);
var y = new Placeholder("spiral", [null], ElementType.Int32);
Node layer = x;
for (var i = 1; i <= 3; i++) layer = Layers.Dense(layer, 64, Activation.Relu, name: $"hidden {i}");
var scores = Layers.Dense(layer, 2, name: "scores");
var model = new Model(Losses.SoftmaxCrossEntropy(scores, y), scores, new AdamW(0.01f, weightDecay: 0.01f), Metrics.Accuracy(scores, y),
    seed);

var known = new Dataset { [x] = points, [y] = labels };
var fresh = new Dataset { [x] = freshPoints, [y] = freshLabels };
Console.WriteLine(
    $"before  loss: {model.Evaluate(known).Loss:F4}  fresh points right: {100 * model.Evaluate(fresh).Metrics["accuracy"]:F1} %");
model.Fit(known, new FitOptions { Epochs = epochs, BatchSize = 50, Schedule = Schedule.OneCycle() });
Console.WriteLine(
    $"after   loss: {model.Evaluate(known).Loss:F4}  fresh points right: {100 * model.Evaluate(fresh).Metrics["accuracy"]:F1} %");

var picture = Path.GetFullPath("out/06-two-spirals.png");
DecisionRegions.SavePng(picture, grid => model.Predict(new Feed { [x] = grid }), points, labels,
    "two spirals, and where the network draws the line");
Console.WriteLine($"picture: {picture}");

// The angle of a point grows with its distance from the middle; the other spiral is the same, rotated by half a turn.
static (float[,] Points, int[] Labels) Spirals(int count, double noise, Random random)
{
    var (points, labels) = (new float[count, 2], new int[count]);
    for (var i = 0; i < count; i++)
    {
        labels[i] = i % 2;
        var along = Math.Sqrt(random.NextDouble());          // the outer turns are longer, and get more points
        var (radius, angle) = (0.1 + 0.9 * along, 6 * Math.PI * along + Math.PI * labels[i]);
        points[i, 0] = (float)(radius * Math.Cos(angle) + noise * Normal(random));
        points[i, 1] = (float)(radius * Math.Sin(angle) + noise * Normal(random));
    }
    return (points, labels);
}

static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
