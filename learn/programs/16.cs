// Lesson 16: a forger and a judge. Made from learn/16-a-forger-and-a-judge.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using System.Numerics.Tensors;
using SimpleFlow;
using SimpleFlow.Plots;
var random = new Random(1);
float Normal() => MathF.Sqrt(-2 * MathF.Log(1 - random.NextSingle())) * MathF.Cos(2 * MathF.PI * random.NextSingle());

// Points near a ring of radius 2.
Tensor<float> Real(int count)
{
    var points = Tensor.CreateFromShape<float>([count, 2]);
    for (var i = 0; i < count; i++)
    {
        var (angle, radius) = (2 * MathF.PI * random.NextSingle(), 2 + 0.1f * Normal());
        (points[i, 0], points[i, 1]) = (radius * MathF.Cos(angle), radius * MathF.Sin(angle));
    }
    return points;
}

Tensor<float> Noise(int count) => Tensor.Create(Enumerable.Range(0, 2 * count).Select(_ => Normal()).ToArray(), [count, 2]);
var noise = new Placeholder("noise", [null, 2]);
var real = new Placeholder("real", [null, 2]);
var forger = new SharedLayers(new Layer.Dense(32, Activation.Tanh), new Layer.Dense(32, Activation.Tanh), new Layer.Dense(2));
var judge = new SharedLayers(new Layer.Dense(32, Activation.LeakyRelu), new Layer.Dense(32, Activation.LeakyRelu), new Layer.Dense(1));

var forged = forger.Apply(noise);
var (onReal, onForged) = (judge.Apply(real), judge.Apply(forged));
var judgeLoss = ((-onReal).Softplus().Mean() + onForged.Softplus().Mean());
var forgerLoss = (-onForged).Softplus().Mean(name: "forger's loss");
var judging = new Model(judgeLoss, onReal.Sigmoid(), new Adam(0.002f, beta1: 0.5f), seed: 1, trained: judge.Variables);
var forging = new Model(forgerLoss, forged, new Adam(0.001f, beta1: 0.5f), seed: 2, trained: forger.Variables);
var shown = Noise(200);
var show = new Feed { [noise] = shown };
double Far(Tensor<float> points, int i) => Math.Sqrt(points[i, 0] * points[i, 0] + points[i, 1] * points[i, 1]);
double Radius(Tensor<float> points) => Enumerable.Range(0, 200).Average(i => Far(points, i));

// The plane in twelve equal slices: how many of them have half of their share of the points, or more?
int Slice(Tensor<float> points, int i) => (int)((Math.Atan2(points[i, 1], points[i, 0]) / (2 * Math.PI) + 0.5) * 12) % 12;
int Slices(Tensor<float> points) => Enumerable.Range(0, 200).GroupBy(i => Slice(points, i)).Count(slice => slice.Count() >= 200 / 24);

var animation = new Animation(400, 400);
var originals = Real(200);
void Frame(int round)
{
    var points = forging.Predict(show);
    float[] Coordinate(Tensor<float> all, int axis) => [.. Enumerable.Range(0, 200).Select(i => all[i, axis])];
    var chart = new Chart($"Round {round}").Axes("x", "y")
        .Points<float>(Coordinate(originals, 0), Coordinate(originals, 1))
        .Points<float>(Coordinate(points, 0), Coordinate(points, 1));
    chart.Plot.Axes.SetLimits(-3.2, 3.2, -3.2, 3.2);
    animation.Add(chart, TimeSpan.FromMilliseconds(300));
}

for (var round = 0; round <= 2000; round++)
{
    if (round % 50 == 0 && (round <= 600 || round % 400 == 0)) Frame(round);
    if (round is 0 or 300 or 2000)
    {
        var points = forging.Predict(show);
        var share = Slices(points) > 10 ? "nearly all" : "some";
        Console.WriteLine($"round {round,4}: mean radius {Radius(points):F1}, in {share} of the slices");
    }
    judging.Fit(new Feed { [real] = Real(64), [noise] = Noise(64) }, maxIterations: 1);
    forging.Fit(new Feed { [noise] = Noise(64) }, maxIterations: 1);
}
animation.Save("pictures/16-ring.png");
