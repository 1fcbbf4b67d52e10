// Lesson 8: mini-batches. Made from learn/08-mini-batches.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
var random = new Random(1);
float[] xs = [.. Enumerable.Range(0, 4096).Select(_ => 2 * random.NextSingle() - 1)];
float[] ys = [.. xs.Select(v => 3 * v + 2 * (random.NextSingle() - 0.5f))];

var x = new Placeholder("x", [null]);
var y = new Placeholder("y", [null]);
var a = new Variable("a", [], Initializer.Constant(0f));
var b = new Variable("b", [], Initializer.Constant(0f));
var loss = (a * x + b - y).Power(2).Mean(name: "loss");
var slope = new Model(default, Gradients.Of(loss, a)[0]);
var points = new Dataset { [x] = xs, [y] = ys };

foreach (var size in new[] { 1, 4, 16, 64, 256 })
{
    var slopes = Enumerable.Range(0, 500).Select(draw => (double)slope.Predict(points.Sample(size, seed: 7, draw))[0]).ToList();
    var mean = slopes.Average();
    var spread = Math.Sqrt(slopes.Average(one => (one - mean) * (one - mean)));
    Console.WriteLine($"batches of {size,3}: the slope is {mean:F2} on average, and off by {spread:F3}");
}
var chart = new Chart("The same examples, in batches of different sizes", logarithmicY: true)
    .Axes("examples seen", "how far from the best loss");
var all = new Feed { [x] = xs, [y] = ys };
var exact = new Model(loss, optimizer: new GradientDescent(0.3f));
exact.Fit(all, maxIterations: 1000);
var best = exact.Evaluate(all).Loss;
foreach (var size in new[] { 16, 256, 4096 })
{
    a.Set([0]);
    b.Set([0]);
    var optimizer = new GradientDescent(0.1f, learningRateDecay: 0);
    var model = new Model(loss, optimizer: optimizer, seed: 1);
    var (seen, losses) = (new List<double>(), new List<double>());
    for (var examples = 0; examples < 40_960; examples += size)
    {
        model.Fit(points.Sample(size, seed: 3, examples / size), maxIterations: 1);
        if (examples % 512 != 0) continue;
        seen.Add(examples + size);
        losses.Add(model.Evaluate(all).Loss - best);
    }
    Console.WriteLine($"batches of {size,4}: {40_960 / size,4} steps, a = {a.Value:F2}, loss {model.Evaluate(all).Loss:F3}");
    chart.Curve<double>(seen.ToArray(), losses.Select(far => Math.Max(far, 1e-5)).ToArray(), $"{size} at a time");
}
chart.SavePng("pictures/08-batches.png");
