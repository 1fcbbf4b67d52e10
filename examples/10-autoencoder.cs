// An autoencoder compresses each handwritten digit (MNIST) into two numbers and reconstructs the image from them. Nobody tells it
// which digit an image shows. In the picture, each point is an image at its two numbers, and many digits form clusters all the same.
//
//   dotnet run -c Release examples/10-autoencoder.cs                            20 epochs
//   dotnet run -c Release examples/10-autoencoder.cs -- 2 --images 5000         a quick look

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Plots;

var epochs = args is [var first, ..] && int.TryParse(first, out var given) ? given : 20;
var images = Option("--images", 60_000);

var x = new Placeholder("image", [null, 784]);
var code = Dense(Dense(Dense(x, 256, "in 1"), 64, "in 2"), 2, "code", Activation.None);
var again = Dense(Dense(Dense(code, 64, "out 1"), 256, "out 2"), 784, "again", Activation.Sigmoid);
var loss = Losses.MeanSquaredError(again, x);
var model = new Model(loss, predictions: [code, again], new Adam(0.002f), seed: (ulong)Option("--seed", 1));

var mnist = Mnist.Load();
var train = new Dataset { [x] = mnist.Train.Images }.Take(images);
var test = new Dataset { [x] = mnist.Test.Images };

// The loss of always answering with the mean image: the variance of the pixels.
var pixels = new float[10_000 * 784];
mnist.Test.Images.CopyTo(pixels);
var variance = Enumerable.Range(0, 784)
    .Average(pixel => Variance(Enumerable.Range(0, 10_000).Select(image => (double)pixels[image * 784 + pixel])));
Console.WriteLine($"mean image      loss: {variance:F4}");
var history = model.Fit(train, new FitOptions
{
    Epochs = epochs,
    BatchSize = 100,
    Validation = test,
    Schedule = Schedule.OneCycle(),
    Callbacks = [new Lines()],
});
Console.WriteLine($"two numbers     loss: {history.Last.Validation!.Loss:F4} on images it has not seen");

// How much the two numbers say about the digit: the share of images whose nearest neighbour among the other codes shows the same digit.
var labels = mnist.Test.LabelBytes[..2000].ToArray();
var codes = model.Predict(test.Take(2000));
var right = Enumerable.Range(0, 2000)
    .Count(one => labels[one] == labels[Enumerable.Range(0, 2000).Where(other => other != one).MinBy(other => Distance(one, other))]);
Console.WriteLine($"neighbours that show the same digit: {right / 20.0:F1} %");

var picture = Path.GetFullPath("out/10-autoencoder.png");
var chart = new Chart("2,000 digits, each at its two numbers");
for (var digit = 0; digit < 10; digit++)
{
    var own = Enumerable.Range(0, 2000).Where(image => labels[image] == digit).ToArray();
    chart.Points<float>([.. own.Select(image => codes[image, 0])], [.. own.Select(image => codes[image, 1])], $"{digit}",
        new ScottPlot.Palettes.Category10().GetColor(digit));
}
chart.Axes("first number", "second number").SavePng(picture, 800, 640);
Console.WriteLine($"picture: {picture}");

Node Dense(Node input, int units, string name, Activation? activation = null) =>
    Layers.Dense(input, units, activation ?? Activation.Tanh, name: name);

float Distance(int one, int other) => MathF.Pow(codes[one, 0] - codes[other, 0], 2) + MathF.Pow(codes[one, 1] - codes[other, 1], 2);

static double Variance(IEnumerable<double> numbers)
{
    var (mean, squares) = (numbers.Average(), numbers.Average(number => number * number));
    return squares - mean * mean;
}

int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1]) : otherwise;

/// <summary>A line for every epoch.</summary>
internal sealed class Lines : Callback
{
    protected override void AfterEpoch(TrainingRun run, EpochResult epoch) =>
        Console.WriteLine(
            $"epoch {epoch.Epoch,2}  loss: {epoch.Loss:F4}  on unseen images: {epoch.Validation!.Loss:F4}  "
                + $"{epoch.Duration.TotalSeconds:F1} s");
}
