// A network with one hidden layer of 20 units learns a parabola from noisy points, without being told that it is one: with relu(l_1)
// the network is a chain of straight pieces, and training bends it at the right places.
//
//   dotnet run -c Release examples/03-parabola.cs                    200 batches, 50 iterations on each
//   dotnet run -c Release examples/03-parabola.cs -- 20 --seed 2     fewer batches, other random numbers

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
using static SimpleFlow.Flow;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 200;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;

// 200 points of 94 x^2 + 21, scattered with a standard deviation of 2: no fit can bring the average loss much below 2^2 = 4.
// Where the pieces end up depends on where the weights start: with other seeds the loss ends between 5 and 13.
var random = new Random((int)seed);
var xs = Enumerable.Range(0, 200).Select(i => -1 + i / 99.5).ToArray();
var ys = xs.Select(v => 94 * v * v + 21 + Normal(2)).ToArray();

// The network. By default, the weights of a Variable start as normal random numbers with a standard deviation of 0.3.
var x = new Placeholder("x", [null, 1]);
var y = new Placeholder("y", [null, 1]);
var w1 = new Variable("w_1", [1, 20]);
var b1 = new Variable("b_1", [20], Initializer.Constant(0.1f));
var w2 = new Variable("w_2", [20, 1]);
var b2 = new Variable("b_2", [1], Initializer.Constant(0.1f));

var l1 = AddFlow(AddFlow(x, new MatMul(w1), "dot(x, w_1)"), new Add(b1), "dot(x, w_1) + b_1");
l1 = AddFlow(l1, new Relu(), "relu(l_1)");
var yPre = AddFlow(AddFlow(l1, new MatMul(w2), "dot(l_1, w_2)"), new Add(b2), "dot(l_1, w_2) + b_2");

// The loss: the squared error, averaged over the batch.
var loss = AddFlow(AddFlow(AddFlow(AddFlow(
    yPre, new Subtract(y), "y_pre - y"), new Power(2), "(y_pre - y)^2"),
    new ReduceSum(axis: 1), "sum((y_pre - y)^2)"), new ReduceMean(), "loss");

var model = new Model(loss, predictions: yPre, optimizer: new GradientDescent(), seed: seed);
var points = new Dataset { [x] = xs, [y] = ys };
Console.WriteLine($"before      average loss = {model.Evaluate(points).Loss:F3}");
for (var epoch = 0; epoch < epochs; epoch++)
{
    model.Fit(points.Sample(32, seed, epoch), maxIterations: 50);
    if (epoch % 20 == 19) Console.WriteLine($"batch {epoch + 1,3}   loss on it   = {loss.Value:F3}");
}
Console.WriteLine($"after       average loss = {model.Evaluate(points).Loss:F3}");

var drawn = model.Predict(points);
var picture = Path.GetFullPath("out/03-parabola.png");
new Chart("20 hidden units learn 94 x² + 21")
    .Points<double>(xs, ys, "points", Palette.Sky)
    .Function(v => 94 * v * v + 21, -1, 1, "truth", Palette.Ink)
    .Curve<double>(xs, [.. drawn], "network", Palette.Vermilion)
    .Axes("x", "y")
    .SavePng(picture);
Console.WriteLine($"picture: {picture}");

// A normal random number with mean 0, made from two uniform ones (Box–Muller).
double Normal(double scale) => scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(Math.Tau * random.NextDouble());
