using SimpleFlow.Onnx;
using SimpleFlow.Playground.Experiments;

namespace SimpleFlow.Playground.Tests;

/// <summary>Digits as plain classes.</summary>
public sealed class DigitTests
{
    private static readonly DigitData Data = Read();

    private static DigitData Read()
    {
        using var file = File.OpenRead(Path.Combine(PublishedPage.Repository, "playground/SimpleFlow.Playground/wwwroot/digits.bin"));
        return DigitData.Read(file);
    }

    [Fact]
    public void The_digits_are_the_first_of_MNIST()
    {
        var mnist = Mnist.Load(Path.Combine(PublishedPage.Repository, "data/mnist"));
        Assert.Equal((3000, 1000), (Data.Train.Count, Data.Test.Count));
        foreach (var (ours, theirs) in new[] { (Data.Train, mnist.Train), (Data.Test, mnist.Test) })
        {
            Assert.True(theirs.Pixels[..ours.Pixels.Length].SequenceEqual(ours.Pixels));
            Assert.True(theirs.LabelBytes[..ours.Count].SequenceEqual(ours.Labels));
        }
    }

    [Fact]
    public void It_reads_nine_of_ten_after_two_epochs_and_is_tested_after_every_thousand_pictures()
    {
        using var run = new DigitRun(new DigitSettings(), Data);
        while (run.Tests.Count < 7) run.Advance();
        Assert.Equal([0, 1000, 2000, 3000, 4000, 5000, 6000], [.. run.Tests.Select(test => test.Pictures)]);
        var (first, last) = (run.Tests[0].Report, run.Tests[^1].Report);
        Assert.InRange(first.Accuracy, 0, 0.3f);
        Assert.InRange(last.Accuracy, 0.87f, 1);
        Assert.Equal(1000, last.Counts.Cast<int>().Sum());
        Assert.Equal(1000 * (1 - last.Accuracy), last.Mistakes.Count, 0.01);
        Assert.All(last.Mistakes, mistake => Assert.Equal(Data.Test.Labels[mistake.Index], mistake.Truth));
        Assert.Equal(last.Mistakes.OrderByDescending(mistake => mistake.Probability), last.Mistakes);
    }

    [Fact]
    public void Its_steps_are_those_of_a_program()
    {
        using var run = new DigitRun(new DigitSettings { Seed = 5 }, Data);
        while (run.Training.Epoch < 1) run.Advance();

        var image = new Placeholder("image", [null, 784]);
        var digit = new Placeholder("digit", [null], ElementType.Int32);
        var hidden = Layers.Dense(image, 20, Activation.Relu, Initializer.He(), name: "hidden");
        var scores = Layers.Dense(hidden, 10, name: "scores");
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, digit), scores, new Adam(0.003f), seed: 5);
        var train = new Dataset { [image] = Data.Train.AllImages, [digit] = Data.Train.AllLabels };
        foreach (var batch in train.Batches(8, 0, model.Seed)) model.Step(batch);
        Assert.Equal(model.Predict(new Feed { [image] = Data.Test.Images(0, 50) }).ToArray(),
            run.Training.Model.Predict(new Feed { [run.Input] = Data.Test.Images(0, 50) }).ToArray());
    }

    [Fact]
    public void The_pixels_that_speak_for_a_class_are_the_gradient_of_its_score()
    {
        using var run = new DigitRun(new DigitSettings { Activation = ActivationKind.Tanh }, Data);
        while (run.Tests.Count < 2) run.Advance();
        var picture = Data.Test.Picture(3);
        var look = run.Reader.Look(picture, 4);
        Assert.Equal((10, 20, 784), (look.Probabilities.Length, look.Hidden.Length, look.Gradient.Length));
        Assert.Equal(1, look.Probabilities.Sum(), 0.0001);
        const float Step = 0.02f;
        foreach (var pixel in new[] { 100, 300, 406, 500 })
        {
            var (more, less) = ((float[])picture.Clone(), (float[])picture.Clone());
            more[pixel] += Step;
            less[pixel] -= Step;
            Assert.Equal((Score(more) - Score(less)) / (2 * Step), look.Gradient[pixel], 0.005);
        }

        // Scores are known up to a number that all classes share; so are differences of logarithms.
        float Score(float[] pixels) => run.Training.Model.Predict(new Feed
        {
            [run.Input] = ((DataArray)pixels).Reshape(1, 784),
        }).ToArray()[4];
    }

    [Fact]
    public void It_learns_the_hand_of_the_reader()
    {
        using var run = new DigitRun(new DigitSettings(), Data);
        while (run.Tests.Count < 4) run.Advance();
        var drawing = new DigitDrawing();
        drawing.Begin(0.2f, 0.2f);
        drawing.Move(0.8f, 0.8f);
        drawing.Begin(0.8f, 0.2f);
        drawing.Move(0.2f, 0.8f);
        var picture = drawing.ToPicture();
        run.Add(picture, 2);
        while (run.Training.Epoch < 3) run.Advance();
        Assert.Equal(2, run.Reader.Look(picture).Best);
        Assert.Equal(1, run.Added);
    }

    [Fact]
    public void A_drawing_is_fitted_and_centred_as_the_digits_of_MNIST_are()
    {
        var drawing = new DigitDrawing();
        Assert.All(drawing.ToPicture(), pixel => Assert.Equal(0, pixel));
        drawing.Begin(0.1f, 0.1f);
        for (var i = 1; i <= 20; i++) drawing.Move(0.1f, 0.1f + 0.02f * i);
        drawing.Move(0.2f, 0.5f);
        var picture = drawing.ToPicture();
        var rows = Enumerable.Range(0, 28).Where(row => picture.AsSpan(row * 28, 28).ContainsAnyInRange(0.3f, 1f)).ToList();
        Assert.InRange(rows[^1] - rows[0] + 1, 19, 21);
        Assert.Equal(14, Mean(i => i % 28), 0.3);
        Assert.Equal(14, Mean(i => i / 28), 0.3);
        Assert.False(drawing.Move(0.2f, 0.501f));

        double Mean(Func<int, int> place) => picture.Select((pixel, i) => pixel * (place(i) + 0.5)).Sum() / picture.Sum();
    }

    [Fact]
    public void It_opens_what_the_tool_saves()
    {
        var network = new Network(new NetworkDescription(new ImageInput(1, 28, 28), new ClassOutput("digit", Names), [new Layer.Flatten(),
            new Layer.Dense(16, Activation.Relu)]), new Adam());
        var folder = Directory.CreateTempSubdirectory("simpleflow-digits-").FullName;
        try
        {
            var (safetensors, onnx) = (Path.Combine(folder, Network.FileName), Path.Combine(folder, "network.onnx"));
            network.Save(folder);
            network.ExportOnnx(onnx);
            var expected = network.ClassifyEncoded(Data.Test.Images(0, 20).Reshape(20, 1, 28, 28))
                .SelectMany(said => said.Probabilities).ToArray();
            foreach (var reader in new[] { OpenedNetwork.Safetensors("a", File.ReadAllBytes(safetensors)),
                OnnxFiles.Reader("b", File.ReadAllBytes(onnx)) })
            {
                var probabilities = reader.Probabilities(Data.Test.Images(0, 20));
                for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], probabilities[i], 1e-6f);
                Assert.Equal(784, reader.Look(Data.Test.Picture(0)).Gradient.Length);
                Assert.Equal(16, (int)reader.Weights!.Shape[1]!.Value);
                var test = new DigitTest(reader, Data.Test);
                while (!test.IsDone) test.Continue(300);
                Assert.InRange(test.Report.Accuracy, 0, 1);
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void It_opens_ONNX_files_of_others()
    {
        var image = new Placeholder("pixels", [null, 784]);
        var model = new Model(default, Layers.Dense(image, 10).Softmax());
        var reader = OnnxFiles.Reader("c.onnx", OnnxFiles.Of(model));
        var expected = model.Predict(new Feed { [image] = Data.Test.Images(0, 5) }).ToArray();
        Assert.Equal(expected, reader.Probabilities(Data.Test.Images(0, 5)));
    }

    [Fact]
    public void A_network_that_takes_something_else_is_refused_with_its_reason()
    {
        var pictures = Described(new ImageInput(3, 32, 32), Names);
        Assert.StartsWith("mine takes pictures of 3 × 32 × 32, and these are grey pictures of 28 × 28 pixels.",
            Assert.Throws<DataException>(() => OpenedNetwork.Of("mine", pictures)).Message);
        var two = Described(new ImageInput(1, 28, 28), ["a", "b"]);
        Assert.StartsWith("mine does not tell ten classes apart.",
            Assert.Throws<DataException>(() => OpenedNetwork.Of("mine", two)).Message);
        var numbers = new Placeholder("numbers", [null, 3]);
        var three = OnnxFiles.Of(new Model(default, Layers.Dense(numbers, 10)));
        Assert.StartsWith("mine.onnx takes 'numbers' [?, 3], and these are single pictures of 28 × 28 pixels.",
            Assert.Throws<DataException>(() => OnnxFiles.Reader("mine.onnx", three)).Message);
        Assert.ThrowsAny<SimpleFlowException>(() => OpenedNetwork.Safetensors("broken", [1, 2, 3]));
        Assert.ThrowsAny<SimpleFlowException>(() => OnnxFiles.Reader("broken.onnx", [1, 2, 3]));

        static Network Described(ImageInput input, string[] classes) =>
            new(new NetworkDescription(input, new ClassOutput("kind", classes), [new Layer.Flatten()]));
    }

    private static string[] Names => [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")];
}
