// Lesson 5: a line. Made from learn/05-a-line.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
var random = new Random(1);
float[] xs = [.. Enumerable.Range(0, 40).Select(i => i / 10f)];                // 0, 0.1, … 3.9
float[] ys = [.. xs.Select(v => 2 * v - 1 + (random.NextSingle() - 0.5f) * 1.5f)];

var x = new Placeholder("x", [null]);
var y = new Placeholder("y", [null]);
var a = new Variable("a", [], Initializer.Constant(0f));
var b = new Variable("b", [], Initializer.Constant(0f));
var loss = (a * x + b - y).Power(2).Mean(name: "loss");
var points = new Feed { [x] = xs, [y] = ys };

var model = new Model(loss, optimizer: new GradientDescent(0.1f));
foreach (var steps in new[] { 1, 4, 15, 80, 400 })
{
    model.Fit(points, maxIterations: steps);
    Console.WriteLine($"after {model.Iterations,3} steps: a = {a.Value:F4}, b = {b.Value:F4}, loss = {model.Evaluate(points).Loss:F4}");
}
double n = xs.Length, sx = 0, sy = 0, sxx = 0, sxy = 0;
for (var i = 0; i < xs.Length; i++)
{
    sx += xs[i];
    sy += ys[i];
    sxx += xs[i] * xs[i];
    sxy += xs[i] * ys[i];
}
var exactA = (n * sxy - sx * sy) / (n * sxx - sx * sx);
var exactB = (sy - exactA * sx) / n;
Console.WriteLine($"exact:     a = {exactA:F4}, b = {exactB:F4}");
Console.WriteLine($"descent:   a = {a.Value:F4}, b = {b.Value:F4}");
a.Set([(float)exactA]);
b.Set([(float)exactB]);
var gradients = PlainReading.Of(Gradients.Of(loss, a, b), points);
var isBottom = gradients.All(gradient => Math.Abs(gradient.ToArray()[0]) < 1e-5);
Console.WriteLine(isBottom ? "both slopes are zero: this is the bottom" : "there is a way down");

var chart = new Chart("Forty points and a line").Axes("x", "y");
chart.Points<float>(xs, ys, "points").Function(v => exactA * v + exactB, 0, 3.9, $"y = {exactA:F2}·x − {-exactB:F2}");
chart.SavePng("pictures/05-a-line.png");
