// Lesson 7: softmax and cross-entropy. Made from learn/07-softmax.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj

using System.Numerics.Tensors;
using SimpleFlow;
var z = new Variable("z", [1, 3], Initializer.Constant(2, 1, -1));
var p = z.Softmax(name: "p");
Console.WriteLine(string.Join("  ", PlainReading.Of([p], new Feed())[0].ToArray().Select(share => $"{share:F4}")));
foreach (var share in new[] { 1.0, 0.9, 0.5, 0.1, 0.001 }) Console.WriteLine($"a share of {share}: loss {Math.Abs(-Math.Log(share)):F3}");
var y = new Constant("y", Tensor.Create<float>([0, 1, 0], [1, 3]));
var loss = z.SoftmaxCrossEntropy(y).Sum(name: "loss");
var gradient = Gradients.Of(loss, z)[0];
var values = PlainReading.Of([p - y, gradient], new Feed());
Console.WriteLine($"p − y    = {string.Join("  ", values[0].ToArray().Select(v => $"{v,7:F4}"))}");
Console.WriteLine($"gradient = {string.Join("  ", values[1].ToArray().Select(v => $"{v,7:F4}"))}");
var far = new Variable("z", [1, 2], Initializer.Constant(0, 200));
var truth = new Constant("y", Tensor.Create<float>([1, 0], [1, 2]));
var inSteps = -(truth * far.Softmax().Log()).Sum();
var inOne = far.SoftmaxCrossEntropy(truth).Sum();
foreach (var (name, node) in new[] { ("in steps", inSteps), ("in one op", inOne) })
    Console.WriteLine($"{name}: {new Model(default, node).Predict(new Feed())[0]}");
