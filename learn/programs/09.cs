// Lesson 9: from momentum to Adam. Made from learn/09-optimizers.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;
static Node Valley(Variable a, Variable b) => a * a / 20f + b * b;

(string Name, Optimizer Optimizer)[] optimizers =
[
    ("gradient descent", new GradientDescent(0.9f)),
    ("momentum", new Momentum(0.1f, 0.9f)),
    ("Nesterov", new Nesterov(0.1f, 0.9f)),
    ("AdaGrad", new AdaGrad(1.5f)),
    ("RMSProp", new RmsProp(0.15f)),
    ("Adam", new Adam(0.4f)),
];
var map = new LossSurface((a, b) => a * a / 20 + b * b, (-10, 3), (-3, 3), "Six paths down one valley");
foreach (var (name, optimizer) in optimizers)
{
    var path = DescentPath.Of(Valley, (-9, 2), optimizer, steps: 60);
    var (x, y) = path[^1];
    Console.WriteLine($"{name,-17} ends at ({x,6:F3}, {y,6:F3}), loss {x * x / 20 + y * y:F4}");
    map.Path(name, path);
}
map.SavePng("pictures/09-paths.png");
var w = new Variable("w", [], Initializer.Constant(1f));
var model = new Model(w.Power(2, "loss"), optimizer: new Momentum(0.1f));
Console.WriteLine(string.Join('\n', model.Derivation().ToText().Split('\n').SkipWhile(line => line != "Updates")));
