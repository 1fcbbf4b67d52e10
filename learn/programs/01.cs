// Lesson 1: one slope. Made from learn/01-one-slope.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
double x = 3, rate = 0.1;
for (var step = 1; step <= 5; step++)
{
    var slope = 2 * x;
    x -= rate * slope;
    Console.WriteLine($"step {step}: slope {slope:F3}, so x becomes {x:F3}");
}
var position = new Variable("x", [], Initializer.Constant(3f));
var valley = position.Power(2, "valley");
Console.WriteLine(Derivation.Of(valley));
var model = new Model(valley, optimizer: new GradientDescent(learningRate: 0.1f));
var path = new List<double> { position.Value };
for (var step = 1; step <= 12; step++)
{
    model.Fit(new Feed(), maxIterations: 1);
    path.Add(position.Value);
}
Console.WriteLine($"after 5 steps x = {path[5]:F3}, after 12 steps x = {path[12]:F3}");
DescentAnimation.Save("pictures/01-one-slope.png", v => v * v, v => 2 * v, path, "f(x) = x²", width: 560, height: 360);
