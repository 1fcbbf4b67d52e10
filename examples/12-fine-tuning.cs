// Transfer: ten kinds of surfaces (stripes, bricks, wood, …), a dozen pictures of each, drawn by this program at any angle, scale, light
// and colour. ResNet-18 has learned a thousand other things from 1.2 million photographs. Its last layer is replaced by a new one, which
// learns from its 512 features; a network of its own learns from the same pictures from nothing. Both are tested on pictures that neither
// has seen, after every epoch.
//
//   dotnet package download Microsoft.ML.DnnImageFeaturizer.ResNet18@0.23.1      once: ResNet18.onnx (64 MB, MIT licence) is in it
//   dotnet run -c Release examples/12-fine-tuning.cs                             200 epochs, about a minute on two cores
//   dotnet run -c Release examples/12-fine-tuning.cs -- 5 --pictures 2           a quick look, with fewer pictures of each kind
//   dotnet run -c Release examples/12-fine-tuning.cs -- --resnet ResNet18.onnx   a file somewhere else

#:project ../src/SimpleFlow/SimpleFlow.csproj
#:project ../src/SimpleFlow.Onnx/SimpleFlow.Onnx.csproj
#:project ../src/SimpleFlow.Plots/SimpleFlow.Plots.csproj

using SimpleFlow;
using SimpleFlow.Onnx;
using SimpleFlow.Plots;

const int Side = 224, Small = 56;
const string Downloaded = "microsoft.ml.dnnimagefeaturizer.resnet18/0.23.1/tools/DnnImageModels/ResNet18Onnx/ResNet18.onnx";
string[] kinds = ["stripes", "checks", "dots", "bricks", "zigzag", "wood", "marble", "cells", "clouds", "weave"];

var epochs = args is [var first, ..] && int.TryParse(first, out var given) ? given : 200;
var seed = (ulong)Option("--seed", 1);
var each = Option("--pictures", 12);
var file = Array.IndexOf(args, "--resnet") is >= 0 and var place ? args[place + 1] : Downloaded;
if (!File.Exists(file))
{
    Console.Error.WriteLine($"{file} is not here: run `dotnet package download Microsoft.ML.DnnImageFeaturizer.ResNet18@0.23.1` in this "
        + "folder first (the SDK has that command from 10.0.200 on), or name the file with --resnet.");
    return 1;
}
var (pictures, labels) = Draw(each, seed: 1);
var (unseen, unseenLabels) = Draw(Math.Min(20, 2 * each), seed: 2);
Console.WriteLine($"{labels.Length} pictures to learn from, {unseenLabels.Length} to test on");

// The body takes blue, green and red from 0 to 255, less the mean of ImageNet: so says ResNetPreprocess.onnx in the same package.
var body = OnnxBody.Load(file) with
{
    Name = "resnet",
    Mean = [0.490f, 0.486f, 0.449f],
    Deviation = [1 / 255f],
    IsReversed = true,
};
var optimizer = new AdamW(0.003f, weightDecay: 0.01f);
var output = new ClassOutput("surface", kinds);
var whole = new Network(new(new ImageInput(3, Side, Side), output, [body]), optimizer, new() { Seed = seed });

// The frozen body always gives the same features for a picture: they are computed once, and the head trains on them.
var head = whole.Model.Head("resnet");
var known = head.Features(whole.EncodedDataset(Pixels(pictures, Side), labels));
var test = head.Features(whole.EncodedDataset(Pixels(unseen, Side), unseenLabels));
var transfer = Curve(head.Model, known, test);
Console.WriteLine($"transfer      unseen pictures right: {100 * transfer[^1]:F1} %  (whole network: "
    + $"{100 * whole.Model.Evaluate(whole.EncodedDataset(Pixels(unseen, Side), unseenLabels), batchSize: 32).Metrics["accuracy"]:F1} %)");

// From nothing: convolutions as `simpleflow train` takes them for pictures, which it changes a little in every epoch.
var scratch = new Network(new(new ImageInput(3, Small, Small), output,
    [
        new Layer.BatchNorm(), new Layer.Conv2D(16, 5, Stride: 2), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu),
        .. Stage(32), .. Stage(64), .. Stage(96), new Layer.GlobalAveragePool(),
    ]), new AdamW(0.003f, weightDecay: 0.01f), new() { Seed = seed });
var changed = scratch.EncodedDataset(Pixels(pictures, Small), labels).Augment(scratch.Input,
    new ImageAugmentation(Small, Small, channels: 3)
    {
        Shift = 7, Rotation = 12, Scale = 0.2f, Shear = 0.1f, RepeatEdges = true, Recolour = true,
    });
var alone = Curve(scratch.Model, changed, scratch.EncodedDataset(Pixels(unseen, Small), unseenLabels));
Console.WriteLine($"from nothing  unseen pictures right: {100 * alone[^1]:F1} %");

var picture = Path.GetFullPath("out/12-fine-tuning.png");
var chart = new Chart($"ten kinds of surfaces from {each} pictures of each");
float[] numbers = [.. Enumerable.Range(1, epochs)];
chart.Curve<float>(numbers, [.. transfer.Select(share => 100 * share)], "a head on ResNet-18");
chart.Curve<float>(numbers, [.. alone.Select(share => 100 * share)], "from nothing", Palette.Vermilion);
chart.Axes("epoch", "unseen pictures right, %").SavePng(picture);
Console.WriteLine($"picture: {picture}");
return 0;

// The share of the unseen pictures that is right after every epoch.
float[] Curve(Model model, Dataset train, Dataset unseen) => [.. model.Fit(train, new FitOptions
{
    Epochs = epochs,
    BatchSize = 20,
    Validation = unseen,
    Schedule = Schedule.OneCycle(),
}).Epochs.Select(epoch => (float)epoch.Validation!.Metrics["accuracy"])];

static Layer[] Stage(int channels) =>
    [new Layer.MaxPool2D(), new Layer.Conv2D(channels, 3), new Layer.BatchNorm(), new Layer.Activate(Activation.Relu)];

int Option(string name, int otherwise) => Array.IndexOf(args, name) is >= 0 and var at ? int.Parse(args[at + 1]) : otherwise;

// Pictures as bytes, [pictures, 3, 224, 224], and their kinds.
(byte[] Pixels, int[] Labels) Draw(int each, int seed)
{
    var (pixels, labels) = (new byte[each * kinds.Length * 3 * Side * Side], new int[each * kinds.Length]);
    Parallel.For(0, labels.Length, i =>
    {
        labels[i] = i % kinds.Length;
        Surface.Draw(pixels.AsSpan(i * 3 * Side * Side, 3 * Side * Side), Side, labels[i], new Random(seed * 1_000_000 + i));
    });
    return (pixels, labels);
}

// The pictures for a network, smaller by means of squares of pixels.
static DataArray Pixels(byte[] pictures, int side)
{
    if (side == Side) return DataArray.Bytes(pictures, [pictures.Length / (3 * Side * Side), 3, Side, Side], scale: 1 / 255f);
    var (square, small) = (Side / side, new byte[pictures.Length / (Side * Side) * side * side]);
    for (var i = 0; i < small.Length; i++)
    {
        var (plane, row, column) = (i / (side * side), i / side % side, i % side);
        var sum = 0;
        for (var j = 0; j < square * square; j++)
            sum += pictures[(plane * Side + row * square + j / square) * Side + column * square + j % square];
        small[i] = (byte)(sum / (square * square));
    }
    return DataArray.Bytes(small, [small.Length / (3 * side * side), 3, side, side], scale: 1 / 255f);
}

/// <summary>Surfaces, each at a random angle and scale, warped a little, in two random colours, lit from one side, with noise.</summary>
internal static class Surface
{
    private const float Turn = 2 * MathF.PI;

    public static void Draw(Span<byte> pixels, int side, int kind, Random random)
    {
        float From(float low, float high) => low + (high - low) * random.NextSingle();
        float[] dark = [From(0, 1), From(0, 1), From(0, 1)], light = [From(0, 1), From(0, 1), From(0, 1)];
        while (dark.Zip(light, (a, b) => (a - b) * (a - b)).Sum() < 0.09f) light = [From(0, 1), From(0, 1), From(0, 1)];
        var (angle, scale, warp, noise) = (From(0, Turn), From(5, 14), From(0.1f, 0.4f), From(0.02f, 0.12f));
        var (lit, across, down, left, top) = (From(-0.6f, 0.6f), From(-1, 1), From(-1, 1), From(0, 100), From(0, 100));
        var (cos, sin) = (MathF.Cos(angle), MathF.Sin(angle));
        for (var i = 0; i < side * side; i++)
        {
            var (u, v) = (i % side / (float)side - 0.5f, i / side / (float)side - 0.5f);
            var (x, y) = ((cos * u + sin * v) * scale + left, (cos * v - sin * u) * scale + top);
            (x, y) = (x + warp * (Clouds(x / 2, y / 2) - 0.5f), y + warp * (Clouds(x / 2 + 50, y / 2) - 0.5f));
            var (share, shade) = (Math.Clamp(Of(kind, x, y, u * scale, v * scale), 0, 1), 1 + lit * (across * u + down * v));
            for (var channel = 0; channel < 3; channel++)
            {
                var colour = (dark[channel] + (light[channel] - dark[channel]) * share) * shade;
                colour += noise * (random.NextSingle() + random.NextSingle() - 1);
                pixels[channel * side * side + i] = (byte)(255 * Math.Clamp(colour, 0, 1));
            }
        }
    }

    // How much of the second colour there is at a point; u and v are not turned.
    private static float Of(int kind, float x, float y, float u, float v)
    {
        var (column, row) = (MathF.Floor(x), MathF.Floor(y));
        var (right, below, isEven) = (x - column, y - row, ((int)column + (int)row) % 2 == 0);
        switch (kind)
        {
            case 0: return Wave(x);
            case 1: return isEven ? 0 : 1;
            case 2: return (right - 0.5f) * (right - 0.5f) + (below - 0.5f) * (below - 0.5f) < 0.09f ? 1 : 0;
            case 3:
                var along = x / 2 + ((int)row % 2 == 0 ? 0 : 0.5f);
                return along - MathF.Floor(along) < 0.08f || below < 0.16f ? 0 : 1;
            case 4: return Wave(y + 0.7f * MathF.Abs(2 * right - 1));
            case 5: return Wave(MathF.Sqrt((u + 3) * (u + 3) + (3 * v + 2) * (3 * v + 2) / 10) + 0.8f * Clouds(0.4f * x, 0.4f * y));
            case 6: return Wave((1.5f * x + 15 * Clouds(0.4f * x, 0.4f * y)) / Turn);
            case 7: return Cells(x, y);
            case 8: return 2 * Clouds(x / 2, y / 2) - 0.5f;
            default: return 0.2f + 0.8f * MathF.Sin(MathF.PI * (isEven ? right : below)) * (isEven ? 1 : 0.7f);
        }
    }

    private static float Wave(float x) => 0.5f + 0.5f * MathF.Sin(Turn * x);

    // Noise of four sizes on top of each other.
    private static float Clouds(float x, float y) =>
        0.5f * Noise(x, y) + 0.25f * Noise(2 * x + 7, 2 * y) + 0.15f * Noise(4 * x, 4 * y + 9) + 0.1f * Noise(8 * x, 8 * y);

    // Random numbers at whole places, and smoothly from one to the next.
    private static float Noise(float x, float y)
    {
        var (i, j) = ((int)MathF.Floor(x), (int)MathF.Floor(y));
        var (a, b) = (Smooth(x - i), Smooth(y - j));
        return (At(i, j) * (1 - a) + At(i + 1, j) * a) * (1 - b) + (At(i, j + 1) * (1 - a) + At(i + 1, j + 1) * a) * b;
    }

    // Dark between the regions that are nearest to random points.
    private static float Cells(float x, float y)
    {
        var (nearest, second) = (9f, 9f);
        for (var place = 0; place < 9; place++)
        {
            var (i, j) = ((int)MathF.Floor(x) + place % 3 - 1, (int)MathF.Floor(y) + place / 3 - 1);
            var distance = MathF.Sqrt(MathF.Pow(i + At(i, j) - x, 2) + MathF.Pow(j + At(i + 77, j) - y, 2));
            (nearest, second) = (Math.Min(nearest, distance), Math.Max(nearest, Math.Min(second, distance)));
        }
        return second - nearest < 0.12f ? 0 : 1;
    }

    private static float Smooth(float share) => share * share * (3 - 2 * share);

    private static float At(int i, int j)
    {
        var bits = (uint)i * 374761393u + (uint)j * 668265263u;
        bits = (bits ^ (bits >> 13)) * 1274126177u;
        return ((bits ^ (bits >> 16)) & 0xFFFFFF) / (float)0x1000000;
    }
}
