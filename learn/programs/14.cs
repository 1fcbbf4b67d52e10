// Lesson 14: a convolution, drawn. Made from learn/14-a-convolution.md, where it is explained.
#:project ../../src/SimpleFlow/SimpleFlow.csproj
#:project ../../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using System.Numerics.Tensors;
using SimpleFlow;
using SimpleFlow.Plots;
var mnist = Mnist.Load();
float[] Digit(int index) => [.. mnist.Test.Pixels.Slice(index * 784, 784).ToArray().Select(pixel => pixel / 255f)];

// The pixel at a place, and 0 outside of the image.
float Pixel(float[] image, int row, int column) => row is >= 0 and < 28 && column is >= 0 and < 28 ? image[row * 28 + column] : 0;

// The sum under the window whose middle is at the place: each of its nine pixels times the weight that lies on it.
float Under(float[] image, float[] filter, int row, int column) =>
    Enumerable.Range(0, 9).Sum(i => filter[i] * Pixel(image, row + i / 3 - 1, column + i % 3 - 1));

var digit = Digit(0);
float[] upright = [-1, 0, 1, -1, 0, 1, -1, 0, 1];                              // white on the left, ink on the right
for (var row = 12; row < 15; row++)
    Console.WriteLine(string.Join("  ", Enumerable.Range(10, 10).Select(column => $"{Pixel(digit, row, column):F1}")));
Console.WriteLine(string.Join(", ", Enumerable.Range(11, 8).Select(column => $"{Under(digit, upright, 13, column):F1}")));
float[] Slide(float[] image, float[] filter) =>
    [.. from row in Enumerable.Range(0, 28) from column in Enumerable.Range(0, 28) select Under(image, filter, row, column)];

var image = new Placeholder("image", [null, 1, 28, 28]);
var w = new Variable("w", [1, 1, 3, 3], Initializer.Constant(upright));
var map = PlainReading.Of([image.Conv2D(w, padding: 1)], new Feed { [image] = Tensor.Create(digit, [1, 1, 28, 28]) })[0].ToArray();
var difference = map.Zip(Slide(digit, upright), (one, other) => Math.Abs(one - other)).Max();
Console.WriteLine($"{map.Length} places, and the two {(difference < 1e-5 ? "agree" : "differ")} in all of them");
float[][] filters =
[
    [0, 0, 0, 0, 1, 0, 0, 0, 0],                                                // the image itself
    upright,
    [-1, -1, -1, 0, 0, 0, 1, 1, 1],                                             // white above, ink below
    [0, 1, 1, -1, 0, 1, -1, -1, 0],                                             // a slanting edge
    [1 / 9f, 1 / 9f, 1 / 9f, 1 / 9f, 1 / 9f, 1 / 9f, 1 / 9f, 1 / 9f, 1 / 9f],   // the mean: it blurs
    [-1, -1, -1, -1, 8, -1, -1, -1, -1],                                        // what differs from its surroundings
    [-1, 2, -1, -1, 2, -1, -1, 2, -1],                                          // an upright stroke, one pixel wide
    [-1, -1, -1, 2, 2, 2, -1, -1, -1],                                          // a level stroke
];

// Images as columns of a matrix, as WeightImages wants them.
Tensor<float> Columns(IReadOnlyList<float[]> images)
{
    var columns = Tensor.CreateFromShape<float>([images[0].Length, images.Count]);
    for (var i = 0; i < images[0].Length; i++)
        for (var j = 0; j < images.Count; j++) columns[i, j] = images[j][i];
    return columns;
}

WeightImages.SavePng("pictures/14-filters.png", Columns([.. filters.Select(filter => Slide(digit, filter))]), 28, 28,
    title: "A digit, and what seven filters make of it");
float[] Moved(float[] picture, int shift) =>
    [.. from row in Enumerable.Range(0, 28) from column in Enumerable.Range(0, 28) select Pixel(picture, row, column - shift)];

bool AreSame(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max() < 1e-5;
Console.WriteLine(AreSame(Slide(Moved(digit, 2), upright), Moved(Slide(digit, upright), 2))
    ? "the map of the moved digit is the moved map" : "the maps differ");
var labels = new Placeholder("labels", [null], ElementType.Int32);

Model Train(Node scores)
{
    var model = new Model(Losses.SoftmaxCrossEntropy(scores, labels), scores, new Adam(0.003f), Metrics.Accuracy(scores, labels), seed: 1);
    model.Fit(new Dataset { [image] = mnist.Train.Images, [labels] = mnist.Train.Labels }.Take(6000), epochs: 3, batchSize: 50);
    return model;
}

var hidden = Layers.Dense(image.Flatten(), 64, Activation.Relu, name: "hidden");
var dense = Train(Layers.Dense(hidden, 10, name: "scores"));

var first = Layers.Conv2D(image, 8, 5, Activation.Relu, padding: 2, name: "first");                        // [?, 8, 28, 28]
var second = Layers.Conv2D(first.MaxPool2D(2), 16, 5, Activation.Relu, padding: 2, name: "second");         // [?, 16, 14, 14]
var convolutional = Train(Layers.Dense(second.MaxPool2D(2).Flatten(), 10, name: "digits"));

Dataset Test(int shift)
{
    var moved = Enumerable.Range(0, 2000).SelectMany(index => Moved(Digit(index), shift)).ToArray();
    int[] truth = [.. mnist.Test.LabelBytes[..2000].ToArray().Select(label => (int)label)];
    return new Dataset { [image] = Tensor.Create(moved, [2000, 1, 28, 28]), [labels] = truth };
}

string Words(Model model, int shift) => model.Evaluate(Test(shift)).Metrics["accuracy"] switch
{
    > 0.93 => "more than 93 %",
    > 0.8 => "more than 80 %",
    > 0.6 => "more than 60 %",
    > 0.4 => "more than 40 %",
    _ => "less than 40 %",
};
foreach (var shift in new[] { 0, 2, 4 })
    Console.WriteLine($"moved by {shift}: dense {Words(dense, shift)}, convolutional {Words(convolutional, shift)}");
Console.WriteLine($"weights: dense {dense.ParameterCount:N0}, convolutional {convolutional.ParameterCount:N0}");
var learned = convolutional.Variables.Single(variable => variable.Name == "first/w").Values.ToArray();
WeightImages.SavePng("pictures/14-learned.png", Columns([.. learned.Chunk(25)]), 5, 5, title: "The eight filters of the first layer");
var seen = PlainReading.Of([first, second], new Feed { [image] = Tensor.Create(digit, [1, 1, 28, 28]) });
float[][] Maps(int layer, int size) => [.. seen[layer].ToArray().Select(value => (float)value).Chunk(size)];
WeightImages.SavePng("pictures/14-first.png", Columns(Maps(0, 28 * 28)), 28, 28, title: "What they make of the digit");
WeightImages.SavePng("pictures/14-second.png", Columns(Maps(1, 14 * 14)), 14, 14, title: "The sixteen maps of the second layer");
