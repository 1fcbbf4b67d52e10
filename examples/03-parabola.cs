#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using static SimpleFlow.Flow;

var x = new Placeholder("x", [null, 1]);
var y = new Placeholder("y", [null, 1]);
var w1 = new Variable("w_1", [1, 20]);
var b1 = new Variable("b_1", [20], Initializer.Constant(0.1f));
var w2 = new Variable("w_2", [20, 1]);
var b2 = new Variable("b_2", [1], Initializer.Constant(0.1f));

var l1 = AddFlow(AddFlow(x, new MatMul(w1), "dot(x, w_1)"), new Add(b1), "dot(x, w_1) + b_1");
l1 = AddFlow(l1, new Relu(), "relu(l_1)");
var yPre = AddFlow(AddFlow(l1, new MatMul(w2), "dot(l_1, w_2)"), new Add(b2), "dot(l_1, w_2) + b_2");
var loss = AddFlow(AddFlow(AddFlow(AddFlow(
    yPre, new Subtract(y), "y_pre - y"), new Power(2), "(y_pre - y)^2"),
    new ReduceSum(axis: 1), "sum((y_pre - y)^2)"), new ReduceMean(), "loss");
var model = new Model(loss, predictions: yPre, optimizer: new GradientDescent());
var random = new Random(1);
var xs = Enumerable.Range(0, 200).Select(i => -1 + i / 100f).ToArray();
var ys = xs.Select(x => 94 * x * x + 21 + 2 * (float)Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * (float)Math.Cos(2 * Math.PI * random.NextDouble())).ToArray();
Console.WriteLine(model.Summary());
for (var epoch = 0; epoch < 200; epoch++)
{
    var rows = Enumerable.Range(0, 32).Select(_ => random.Next(200)).ToArray();
    model.Fit(new Feed { [x] = rows.Select(r => xs[r]).ToArray(), [y] = rows.Select(r => ys[r]).ToArray() }, maxIterations: 50);
    if (epoch % 20 == 19) Console.WriteLine(loss.Value);
}
Console.WriteLine(model.PlanText(new Feed { [x] = xs, [y] = ys }));
