// Lesson 12: how it runs so fast. Made from learn/12-how-it-runs.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj

using System.Diagnostics;
using System.Numerics.Tensors;
using SimpleFlow;
var x = new Placeholder("x", [null, 64]);
var y = new Placeholder("y", [null, 1]);
var hidden = Layers.Dense(x, 32, Activation.Relu, name: "hidden");
var prediction = Layers.Dense(hidden, 1, name: "output");
var loss = (prediction - y).Power(2).Mean(name: "loss");
var model = new Model(loss, prediction, new GradientDescent(0.001f, learningRateDecay: 0));
var random = new Random(1);
var feed = new Feed
{
    [x] = Tensor.Create(Enumerable.Range(0, 128 * 64).Select(_ => random.NextSingle()).ToArray(), [128, 64]),
    [y] = Tensor.Create(Enumerable.Range(0, 128).Select(_ => random.NextSingle()).ToArray(), [128, 1]),
};

double Seconds(int times, Action action)
{
    action();                                                               // once to warm up
    var clock = Stopwatch.StartNew();
    for (var i = 0; i < times; i++) action();
    return clock.Elapsed.TotalSeconds / times;
}
var variables = model.Variables.Where(variable => variable.IsTrainable).ToArray();
var plain = Seconds(5, () => PlainReading.Of(Gradients.Of(loss, variables), feed));
var compiled = Seconds(1, () => model.Fit(feed, maxIterations: 1000)) / 1000;
Console.Error.WriteLine($"the plan is {plain / compiled:F0} times as fast");
Console.WriteLine(model.PlanText(feed));
model.Fit(feed, maxIterations: 10);
var before = GC.GetAllocatedBytesForCurrentThread();
model.Fit(feed, maxIterations: 1000);
var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
Console.WriteLine(allocated < 24_000 ? "a thousand steps allocate less than the smallest object each" : $"they allocate {allocated} bytes");
Directory.CreateDirectory("pictures/");
File.WriteAllText("pictures/12-plan.svg", model.PlanSvg(feed));
