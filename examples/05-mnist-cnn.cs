// A convolutional network reads handwritten digits (MNIST): 99.3 % of the test images after a minute or two on two cores.
// With --augmented, a deeper one sees every image slightly shifted, rotated, scaled, sheared and bent, differently in every epoch:
// 99.5 % after a few minutes.
//
//   dotnet run -c Release examples/05-mnist-cnn.cs                          8 epochs
//   dotnet run -c Release examples/05-mnist-cnn.cs -- --augmented           the deeper network, 15 epochs
//   dotnet run -c Release examples/05-mnist-cnn.cs -- 1 --images 5000       a quick look

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using System.Diagnostics;
using SimpleFlow;
using SimpleFlow.Plots;

var isAugmented = args.Contains("--augmented");
var epochs = args is [var first, ..] && int.TryParse(first, out var given) ? given : isAugmented ? 15 : 8;
var images = (int)Option("--images", 60_000);
var relu = Activation.Relu;

// A layer is a description; Sequential turns layers into nodes. Convolutions keep the size of the image; each pooling halves it.
Layer[] Twice(int channels) => [new Layer.Conv2D(channels, 3), new Layer.BatchNorm(), new Layer.Activate(relu),
    new Layer.Conv2D(channels, 3), new Layer.BatchNorm(), new Layer.Activate(relu), new Layer.MaxPool2D()];
var network = isAugmented
    ? new Sequential([.. Twice(16), .. Twice(32), new Layer.Dense(128, relu), new Layer.Dropout(0.4f), new Layer.Dense(10)])
    : new Sequential(
        new Layer.Conv2D(16, 5, relu), new Layer.MaxPool2D(), new Layer.Conv2D(32, 5, relu), new Layer.MaxPool2D(),
        new Layer.Dense(128, relu), new Layer.Dropout(0.5f), new Layer.Dense(10));

var x = new Placeholder("image", [null, 1, 28, 28]);
var y = new Placeholder("digit", [null], ElementType.Int32);
var scores = network.Build(x);
var model = new Model(
    Losses.SoftmaxCrossEntropy(scores, y), scores, new AdamW(isAugmented ? 0.004f : 0.003f, weightDecay: 0.01f),
    Metrics.Accuracy(scores, y), seed: (ulong)Option("--seed", 1));
Console.WriteLine(model.Summary());

var mnist = Mnist.Load();
var train = new Dataset { [x] = mnist.Train.Images, [y] = mnist.Train.Labels }.Take(images);
var test = new Dataset { [x] = mnist.Test.Images, [y] = mnist.Test.Labels };
if (isAugmented)
    train = train.Augment(x, new ImageAugmentation(28, 28) { Shift = 2, Rotation = 12, Scale = 0.12f, Shear = 0.1f, Elastic = 1 });

var clock = Stopwatch.StartNew();
model.Fit(train, new FitOptions
{
    Epochs = epochs,
    BatchSize = 100,
    Validation = test,
    Schedule = Schedule.OneCycle(),
    Callbacks = [new Lines()],
});
var accuracy = model.Evaluate(test).Metrics["accuracy"];
Console.WriteLine($"accuracy on the test images: {100 * accuracy:F2} %, after {clock.Elapsed.TotalSeconds:F0} s");

var picture = Path.GetFullPath("out/05-mnist-cnn.png");
WorstMistakes.SavePng(picture, mnist.Test.Images, 28, 28, [.. mnist.Test.LabelBytes.ToArray().Select(label => (int)label)],
    model.Predict(new Dataset { [x] = mnist.Test.Images }), title: $"{100 * accuracy:F2} % are right; these twelve are not");
Console.WriteLine($"picture: {picture}");

double Option(string name, double otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? double.Parse(args[at + 1]) : otherwise;

/// <summary>A line for every epoch.</summary>
internal sealed class Lines : Callback
{
    protected override void AfterEpoch(TrainingRun run, EpochResult epoch) =>
        Console.WriteLine(
            $"epoch {epoch.Epoch,2}  loss: {epoch.Loss:F4}  test accuracy: {100 * epoch.Validation!.Metrics["accuracy"]:F2} %  "
                + $"{epoch.Duration.TotalSeconds:F1} s");
}
