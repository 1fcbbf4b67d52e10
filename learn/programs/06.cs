// Lesson 6: a hidden layer. Made from learn/06-a-hidden-layer.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
float[] xs = [.. Enumerable.Range(0, 81).Select(i => -1 + i / 40f)];
float[] ys = [.. xs.Select(v => v * v)];

(Model Model, Placeholder X, Feed Points) Network(Activation activation, int units)
{
    var x = new Placeholder("x", [null, 1]);
    var y = new Placeholder("y", [null, 1]);
    var hidden = Layers.Dense(x, units, activation, Initializer.Normal(1f), name: "hidden");
    var prediction = Layers.Dense(hidden, 1, name: "output");
    var model = new Model((prediction - y).Power(2).Mean(name: "loss"), prediction, new Adam(0.02f), seed: 3);
    return (model, x, new Feed { [x] = xs, [y] = ys });
}

var without = Network(Activation.None, 20);
var with = Network(Activation.Relu, 20);
foreach (var (name, network) in new[] { ("without ReLU", without), ("with ReLU", with) })
{
    network.Model.Fit(network.Points, maxIterations: 2000);
    Console.WriteLine($"{name}: loss {network.Model.Evaluate(network.Points).Loss:F4}");
}
float[] Said((Model Model, Placeholder X, Feed Points) network) => [.. network.Model.Predict(network.Points)];

var chart = new Chart("Twenty units learn x²").Axes("x", "y");
chart.Points<float>(xs, ys, "data").Curve<float>(xs, Said(without), "without ReLU").Curve<float>(xs, Said(with), "with ReLU");
chart.SavePng("pictures/06-with-and-without.png");
var w = with.Model.Variables.Single(variable => variable.Name == "hidden/w").Values;
var b = with.Model.Variables.Single(variable => variable.Name == "hidden/b").Values;
var kinks = Enumerable.Range(0, 20).Select(unit => -b[unit] / w[0, unit]).Where(kink => kink is > -1 and < 1).Order().ToList();
Console.WriteLine($"{(kinks.Count > 10 ? "most" : "few")} of the 20 units bend between -1 and 1");
foreach (var units in new[] { 1, 2, 4, 8, 16, 32 })
{
    var network = Network(Activation.Relu, units);
    network.Model.Fit(network.Points, maxIterations: 2000);
    Console.WriteLine($"{units,2} units: loss {network.Model.Evaluate(network.Points).Loss:E0}");
}
