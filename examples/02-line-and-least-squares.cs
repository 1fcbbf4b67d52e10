// A line through noisy points, found in two ways. Gradient descent walks towards it, looking at 16 points at a time; linear
// algebra gives it in closed form. Only descent still works once the model is no longer a line: see 03-parabola.cs.
//
//   dotnet run -c Release examples/02-line-and-least-squares.cs                    200 batches, 50 iterations on each
//   dotnet run -c Release examples/02-line-and-least-squares.cs -- 20 --seed 2     fewer batches, other random numbers

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
using static SimpleFlow.Flow;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 200;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;

// The truth, and 200 points that scatter around it with a standard deviation of 5.
const double trueSlope = 30.3, trueHeight = 309.33;
var random = new Random((int)seed);
var xs = Enumerable.Range(0, 200).Select(i => -1 + i / 99.5).ToArray();
var ys = xs.Select(v => trueSlope * v + trueHeight + Normal(5)).ToArray();

// 1. Gradient descent. The model is y = a * x + b; the loss is the average of its squared errors.
var x = new Placeholder("x", [null, 1]);
var y = new Placeholder("y", [null, 1]);
var a = new Variable("a", []);
var b = new Variable("b", []);
var line = a * x + b;
var loss = (line - y).Power(2).Mean(name: "loss");

var model = new Model(loss, predictions: line, optimizer: new GradientDescent(), seed: seed);
var points = new Dataset { [x] = xs, [y] = ys };
for (var epoch = 0; epoch < epochs; epoch++)
{
    model.Fit(points.Sample(16, seed, epoch), maxIterations: 50);
    if (epoch % 20 == 19) Console.WriteLine($"batch {epoch + 1,3}   a = {a.Value:F3}   b = {b.Value:F3}   loss on it = {loss.Value:F3}");
}

// 2. Least squares. Setting the gradient to zero gives two equations with two unknowns, (X'X + lambda I) [a, b] = X'y, where a row of X
// is [x, 1]. The small lambda, the "ridge", keeps them solvable for any points, and hardly pulls a and b towards 0.
const double lambda = 0.01;
double xx = xs.Sum(v => v * v) + lambda, x1 = xs.Sum(), one = xs.Length + lambda;
double xy = xs.Zip(ys, (u, v) => u * v).Sum(), y1 = ys.Sum();
var determinant = xx * one - x1 * x1;
var solvedA = (one * xy - x1 * y1) / determinant;
var solvedB = (xx * y1 - x1 * xy) / determinant;

Console.WriteLine($"truth             a = {trueSlope:F4}   b = {trueHeight:F4}   average loss = {AverageLoss(trueSlope, trueHeight):F4}");
Console.WriteLine($"gradient descent  a = {a.Value:F4}   b = {b.Value:F4}   average loss = {AverageLoss(a.Value, b.Value):F4}");
Console.WriteLine($"least squares     a = {solvedA:F4}   b = {solvedB:F4}   average loss = {AverageLoss(solvedA, solvedB):F4}");

var picture = Path.GetFullPath("out/02-line-and-least-squares.png");
new Chart("A line through 200 points")
    .Points<double>(xs, ys, "points", Palette.Sky)
    // The three lines almost coincide, so each is drawn thinner than the one below it.
    .Function(v => trueSlope * v + trueHeight, -1, 1, "truth", Palette.Grey, lineWidth: 10)
    .Function(v => solvedA * v + solvedB, -1, 1, "least squares", Palette.Green, lineWidth: 5)
    .Function(v => a.Value * v + b.Value, -1, 1, "gradient descent", Palette.Vermilion, lineWidth: 2)
    .Axes("x", "y")
    .SavePng(picture);
Console.WriteLine($"picture: {picture}");

double AverageLoss(double slope, double height) => xs.Zip(ys, (u, v) => Math.Pow(slope * u + height - v, 2)).Average();

// A normal random number with mean 0, made from two uniform ones (Box–Muller).
double Normal(double scale) => scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
