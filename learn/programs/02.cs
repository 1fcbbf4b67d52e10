// Lesson 2: why it works, and when it does not. Made from learn/02-why-it-works.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
double F(double v) => v * v * v * v - 2 * v * v + 0.5 * v;                 // two valleys, the left one deeper
double Slope(double v) => 4 * v * v * v - 4 * v + 0.5;

foreach (var rate in new[] { 0.4, 0.1, 0.03, 0.01, 0.001 })
{
    var x = 1.6;
    var predicted = -rate * Slope(x) * Slope(x);
    var happened = F(x - rate * Slope(x)) - F(x);
    Console.WriteLine($"rate {rate}: predicted {predicted:F4}, happened {happened:F4}");
}
foreach (var rate in new[] { 0.1f, 0.5f, 0.9f, 1.0f, 1.1f })
{
    var x = new Variable("x", [], Initializer.Constant(1f));
    var model = new Model(x.Power(2), optimizer: new GradientDescent(rate, learningRateDecay: 0));
    var path = new List<float> { x.Value };
    for (var step = 0; step < 4; step++)
    {
        model.Fit(new Feed(), maxIterations: 1);
        path.Add(x.Value);
    }
    Console.WriteLine($"rate {rate:F1}: {string.Join("  ", path.Select(v => v.ToString("F3")))}");
}
foreach (var start in new[] { 1f, 3f, 6f })
{
    var x = new Variable("x", [], Initializer.Constant(start));
    var loss = x.Tanh().Power(2);
    var model = new Model(loss, optimizer: new GradientDescent(0.1f));
    var slope = PlainReading.Of(Gradients.Of(loss, x), new Feed())[0].ToArray()[0];
    model.Fit(new Feed(), maxIterations: 100);
    Console.WriteLine($"from {start}: the slope is {slope:F6}, after 100 steps x = {x.Value:F3}");
}
var paths = new List<(string Name, double[] Losses)>();
foreach (var beside in new[] { 0f, 0.0001f, 0.01f })
{
    var x = new Variable("x", [], Initializer.Constant(1f));
    var y = new Variable("y", [], Initializer.Constant(beside));
    var loss = x.Power(2) - y.Power(2) + y.Power(4) / 4f;
    var model = new Model(loss, optimizer: new GradientDescent(0.1f));
    var losses = new List<double>();
    for (var step = 0; step < 100; step++)
    {
        model.Fit(new Feed(), maxIterations: 1);
        losses.Add(loss.Value);
    }
    paths.Add(($"y = {beside}", losses.ToArray()));
    Console.WriteLine($"y begins at {beside}: after 100 steps y = {y.Value:F3}, loss {loss.Value:F3}");
}
double[] steps = [.. Enumerable.Range(1, 100).Select(step => (double)step)];
var chart = new Chart("Three ways off a saddle").Axes("step", "loss");
foreach (var (name, losses) in paths) chart.Curve<double>(steps, losses, $"begins at {name}");
chart.SavePng("pictures/02-saddle.png");
