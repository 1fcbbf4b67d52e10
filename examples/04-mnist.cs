// A network with 64 hidden units learns to read handwritten digits (MNIST). Plain gradient descent, with a procedure that is easy to
// follow rather than fast: a hundred times, draw 200 of the 60,000 images and make 400 iterations on them. It ends at about 88 %.
//
//   dotnet run -c Release examples/04-mnist.cs                    100 epochs
//   dotnet run -c Release examples/04-mnist.cs -- 10 --seed 2     fewer epochs, other random numbers

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using System.Diagnostics;
using SimpleFlow;
using SimpleFlow.Plots;
using static SimpleFlow.Flow;

var epochs = args is [var first, ..] && first != "--seed" ? int.Parse(first) : 100;
var seed = Array.IndexOf(args, "--seed") is >= 0 and var at ? ulong.Parse(args[at + 1]) : 1;

var x = new Placeholder("img", [null, 784]);       // 28 * 28 pixels, from 0 (paper) to 1 (ink)
var y = new Placeholder("label", [null, 10]);      // 1 for the digit in the image, 0 for the nine others

// Softmax turns the ten outputs of the last layer into ten probabilities.
var l1 = Layers.Dense(x, 64, Activation.Relu, Initializer.Normal(0.3f), Initializer.Constant(0.1f), name: "dense_layer_1");
var predict = Layers.Dense(l1, 10, Activation.Softmax, Initializer.Normal(0.3f), Initializer.Constant(0.1f), name: "predict_dense");

// The loss is the cross-entropy: how much the right digit surprises the network, averaged over the batch.
// The epsilon keeps the logarithm finite if the network is certain and wrong.
var epsilon = new Constant("epsilon_for_predict", [1e-8f]);
var logPredict = AddFlow(AddFlow(predict, new Add(epsilon), "predict + epsilon"), new Log(), "log(predict(x))");
var yLogPredict = AddFlow(logPredict, new Multiply(y), "y * log(predict)");
var loss = AddFlow(yLogPredict, new ReduceSum(axis: 1), "reduce_sum(y * log(p))");
loss = AddFlow(loss, new Multiply(new Constant("-1", -1f)), "-reduce_sum(y * log(p))");
loss = AddFlow(loss, new ReduceMean(), "loss");

var model = new Model(
    loss, predict, new GradientDescent(learningRate: 0.001f, learningRateDecay: 0), metrics: Metrics.Accuracy(predict, y), seed);

var mnist = Mnist.Load();
var train = new Dataset { [x] = mnist.Train.Images, [y] = mnist.Train.Labels.OneHot(10) };
var test = new Dataset { [x] = mnist.Test.Images, [y] = mnist.Test.Labels.OneHot(10) };

var clock = Stopwatch.StartNew();
List<double> losses = [], testLosses = [], accuracies = [];
for (var epoch = 0; epoch < epochs; epoch++)
{
    // The printed loss is that of the 200 images at the last of the 400 iterations; the accuracy is that of 10,000 images never trained on.
    var fit = model.Fit(train.Sample(200, seed, epoch), maxIterations: 400);
    var tested = model.Evaluate(test);
    losses.Add(fit.Loss);
    testLosses.Add(tested.Loss);
    accuracies.Add(tested.Metrics["accuracy"]);
    Console.WriteLine($"epoch {epoch} loss: {fit.Loss} accuracy: {Math.Floor(100 * accuracies[^1])} %");
}

if (epochs < 1) return;                                             // nothing was trained, so there is nothing to draw
Console.WriteLine($"accuracy on the test images: {100 * accuracies[^1]:F2} %, after {clock.Elapsed.TotalSeconds:F1} s");
var picture = Path.GetFullPath("out/04-mnist.png");
new LearningCurves(losses)
{
    Title = "784-64-10 on MNIST",
    ValidationLoss = testLosses,
    ValidationAccuracy = accuracies,
    ValidationName = "test",
}.SavePng(picture);
Console.WriteLine($"picture: {picture}");
