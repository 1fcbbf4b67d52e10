// Lesson 10: MNIST, and reading the mistakes. Made from learn/10-mnist.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using System.Numerics.Tensors;
using SimpleFlow;
using SimpleFlow.Plots;
var mnist = Mnist.Load();
var images = new Placeholder("images", [null, 784]);
var labels = new Placeholder("labels", [null], ElementType.Int32);
var hidden = Layers.Dense(images, 64, Activation.Relu, Initializer.He(), Initializer.Zeros(), name: "hidden");
var scores = Layers.Dense(hidden, 10, weights: Initializer.Glorot(), bias: Initializer.Zeros(), name: "scores");
var model = new Model(Losses.SoftmaxCrossEntropy(scores, labels), scores, new Adam(0.002f), Metrics.Accuracy(scores, labels), seed: 1);

var training = new Dataset { [images] = mnist.Train.Images, [labels] = mnist.Train.Labels };
var testing = new Dataset { [images] = mnist.Test.Images, [labels] = mnist.Test.Labels };
Console.WriteLine($"before: {model.Evaluate(testing).Metrics["accuracy"]:P0} of the test images are right");
model.Fit(training, epochs: 2, batchSize: 100);
Console.WriteLine($"after two epochs: {model.Evaluate(testing).Metrics["accuracy"]:P0}, with {model.ParameterCount:N0} weights");
var weights = model.Variables.Single(variable => variable.Name == "hidden/w").Values;
WeightImages.SavePng("pictures/10-weights.png", weights, 28, 28, units: 32, title: "What 32 of the hidden units look for");
var said = model.Predict(testing);
int[] Answers(Tensor<float> all) => [.. Enumerable.Range(0, 10_000).Select(i => Enumerable.Range(0, 10).MaxBy(digit => all[i, digit]))];
var truth = new int[10_000];
mnist.Test.Labels.CopyTo(truth);
var matrix = new ConfusionMatrix(Answers(said), truth, classes: 10);
matrix.SavePng("pictures/10-confusion.png", "What was said for what");
Console.WriteLine($"4 taken for 9: {(matrix[4, 9] > 3 ? "many times" : "hardly ever")}; "
    + $"1 taken for 0: {(matrix[1, 0] > 3 ? "many times" : "hardly ever")}");
var worst = WorstMistakes.SavePng("pictures/10-mistakes.png", mnist.Test.Images, 28, 28, truth, said, count: 12, title: "Sure, and wrong");
Console.WriteLine($"{worst.Count} are shown, of {(matrix.Accuracy > 0.95 ? "a few hundred" : "many")} mistakes");
