using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;
using SimpleFlow.Tests.Learn;
using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Cli;

/// <summary><c>simpleflow train PICTURES --base FILE.onnx</c>: a new last layer on a network from a file.</summary>
public sealed class BaseTests : IDisposable
{
    private const int Side = 12;
    private readonly TemporaryFolder _folder = new();

    public BaseTests()
    {
        WriteBase(Base, Side);
        PictureFiles.WriteClasses(Pictures, ofEach: 10, seed: 1);
    }

    private string Base => _folder.File("others.onnx");

    private string Pictures => _folder.File("pictures");

    private string Saved => _folder.File("saved");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_network_on_a_base_is_complete_without_the_file_and_goes_wherever_a_network_goes()
    {
        var run = Train("--save", Saved).Succeeded();
        Assert.Contains($"{Base} up to 'hidden', frozen; --unfreeze trains it too", run.Lines);
        Assert.Contains(run.Lines, line => line.StartsWith("pixels: unit, less 0, by 1", StringComparison.Ordinal));
        Assert.Contains("8 features of each of 24 images are computed, once.", run.Lines);
        File.Delete(Base);

        var (picture, drawn, exported) = (Path.Combine(Pictures, "left", "000.png"), _folder.File("net.svg"), _folder.File("net.onnx"));
        var predicted = ToolRun.Of("predict", Saved, picture).Succeeded().Output;
        ToolRun.Of("evaluate", Saved, Pictures).Succeeded();
        var inspected = ToolRun.Of("inspect", Saved).Succeeded().Output;
        Assert.Contains("\"cutAt\":\"hidden\"", inspected, StringComparison.Ordinal);
        Assert.DoesNotContain(((OnnxBody)Network.Load(Saved).Description.Layers[0]).Graph, inspected, StringComparison.Ordinal);
        ToolRun.Of("explain", Saved).Succeeded();
        ToolRun.Of("draw", Saved, "--out", drawn).Succeeded();
        ToolRun.Of("export", Saved, "--out", exported).Succeeded();
        var program = ToolRun.Of("inspect", Saved, "--code").Succeeded().Output;
        Assert.Contains("OnnxBody.Register();", program, StringComparison.Ordinal);
        var table = CsvTable.Parse(predicted);
        Assert.Equal($"{picture}: {table[0, 1]}: {table[0, 2]}\n", FileProgram.Run(program, picture));

        var read = OnnxModel.Load(exported);
        Assert.Equal(["probabilities", "class"], read.Outputs.Select(output => output.Name));
    }

    [Fact]
    public void What_was_tuned_on_a_base_is_a_base_once_it_is_exported()
    {
        var (exported, second) = (_folder.File("tuned.onnx"), _folder.File("second"));
        Train("--save", Saved, "--unfreeze", "--epochs", "1").Succeeded();
        ToolRun.Of("train", Pictures, "--base", Saved).Failed(2, "must be a name that ends in .onnx", $"simpleflow export {Saved}");
        ToolRun.Of("export", Saved, "--out", exported).Succeeded();
        var run = ToolRun.Of("train", Pictures, "--base", exported, "--epochs", "20", "--save", second).Succeeded();
        Assert.Contains(run.Lines, line => line.StartsWith("pixels: unit, less 0, by 1", StringComparison.Ordinal));
        var table = CsvTable.Parse(ToolRun.Of("predict", second, Path.Combine(Pictures, "left", "000.png")).Succeeded().Output);
        Assert.Contains(table[0, 1], new[] { "above", "left", "middle" });
        ToolRun.Of("evaluate", second, Pictures).Succeeded();
    }

    [Fact]
    public void A_stopped_training_on_a_base_resumes_and_ends_as_if_undisturbed()
    {
        var (whole, parts) = (_folder.File("whole"), _folder.File("parts"));
        Train("--epochs", "4", "--save", whole).Succeeded();
        using var source = new CancellationTokenSource();
        using var writer = new CancellingWriter(source, after: "epoch 2/4");
        ToolRun.On(writer, ["train", Pictures, "--base", Base, "--epochs", "4", "--save", parts], cancellation: source.Token)
            .Failed(130, "To resume: simpleflow train", "--resume");
        ToolRun.Of("predict", parts, Pictures).Succeeded();
        Train("--epochs", "4", "--save", parts, "--resume").Succeeded();
        Assert.Equal(Numbers(whole), Numbers(parts));

        // Another base, of the same shape, makes other features.
        WriteBase(Base, Side, seed: 9);
        Train("--epochs", "6", "--save", parts, "--resume").Failed(1);
    }

    [Fact]
    public void A_frozen_base_keeps_its_weights_and_one_that_is_not_changes_them_and_never_its_statistics()
    {
        var (frozen, trained) = (_folder.File("frozen"), _folder.File("trained"));
        Train("--epochs", "2", "--save", frozen).Succeeded();
        var told = Train("--epochs", "2", "--unfreeze", "--body-rate", "0.5", "--save", trained).Succeeded();
        Assert.Contains($"{Base} up to 'hidden', trained further at 0.5 of the learning rate", told.Lines);
        var file = OnnxModel.Load(Base).Variables.ToDictionary(variable => $"base/{variable.Name}", StringComparer.Ordinal);
        foreach (var (place, isTrained) in new[] { (frozen, false), (trained, true) })
        {
            var moved = Network.Load(place).Model.Variables.Where(variable => file.ContainsKey(variable.Name!)).Where(variable =>
                !variable.Values.ToArray().SequenceEqual(file[variable.Name!].Values.ToArray())).ToList();
            Assert.Equal(isTrained, moved.Count > 0);
            Assert.DoesNotContain(moved, variable => !variable.IsTrainable);
        }
    }

    [Fact]
    public void Pictures_that_change_go_through_the_whole_frozen_base()
    {
        var run = Train("--epochs", "1", "--augment", "true", "--save", Saved).Succeeded();
        Assert.DoesNotContain("are computed, once", run.Output, StringComparison.Ordinal);
        Assert.Contains("the images are shifted", run.Output, StringComparison.Ordinal);
        Assert.False(((OnnxBody)Network.Load(Saved).Description.Layers[0]).IsTrained);
    }

    [Theory]
    [InlineData("--pixels", "caffe", "0.485,0.458,0.4076", "0.003922", true)]
    [InlineData("--pixels", "symmetric", "0.5", "0.5", false)]
    [InlineData("--mean", "0.1,0.2,0.3", "0.1,0.2,0.3", "1", false)]
    public void Pixels_are_taken_as_the_options_say(string option, string value, string mean, string deviation, bool isReversed)
    {
        Train("--epochs", "1", option, value, "--save", Saved).Succeeded();
        var body = (OnnxBody)Network.Load(Saved).Description.Layers[0];
        Assert.Equal((mean, deviation, isReversed), (Text(body.Mean), Text(body.Deviation), body.IsReversed));

        static string Text(IReadOnlyList<float> numbers) => string.Join(',', numbers.Select(number => number.ToString("G4")));
    }

    [Fact]
    public void The_usual_pixels_follow_from_the_program_that_wrote_the_file()
    {
        var proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Base));
        proto.ProducerName = "CNTK";
        File.WriteAllBytes(Base, proto.ToByteArray());
        Assert.Contains("pixels: caffe", Train("--epochs", "1").Succeeded().Output, StringComparison.Ordinal);
        proto.ProducerName = "pytorch";
        File.WriteAllBytes(Base, proto.ToByteArray());
        Assert.Contains("pixels: imagenet, less 0.485, 0.456, 0.406", Train("--epochs", "1").Succeeded().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void What_cannot_be_a_base_is_said()
    {
        Train("--cut", "hiden").Failed(1, "has no value 'hiden' to cut it at. Did you mean 'hidden'?");
        Train("--size", "20").Failed(2, "--size is 20", "takes pictures of 12 × 12");
        Train("--body-rate", "0.1").Failed(2, "--body-rate is for --unfreeze");
        Train("--pixels", "unit", "--std", "0.5").Failed(2, "leave out --mean and --std");
        Train("--mean", "0.1,0.2").Failed(1, "2 numbers", "3 channels");
        Train("--recipe", "cnn").Failed(2, "--recipe does not go with --base");
        ToolRun.Of("train", Pictures, "--cut", "hidden").Failed(2, "--cut is about the network of --base");
        ToolRun.Of("train", Pictures, "--base", _folder.File("none.onnx")).Failed(1, "none.onnx");
        using var images = new ImageFolder();
        ToolRun.Of("train", images.Path, "--base", Base).Failed(2, "--base is for pictures in folders");

        var proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Base));
        proto.Graph.Node[0].OpType = "Magic";
        File.WriteAllBytes(Base, proto.ToByteArray());
        Train().Failed(1, "Magic, 1 ×");
        new Model(losses: [], predictions: [Layers.Dense(new Placeholder("x", [null, 4]), 2)]).ExportOnnx(Base);
        Train().Failed(1, "the file takes no pictures");
    }

    [Fact]
    public void Too_few_pictures_are_said_to_be_too_few()
    {
        var few = _folder.File("few");
        PictureFiles.WriteClasses(few, ofEach: 2, seed: 1);
        Assert.Contains("Too few images", ToolRun.Of("train", few, "--base", Base, "--epochs", "1").Succeeded().Output,
            StringComparison.Ordinal);
    }

    /// <summary>A small classifier of pictures, as if somebody else had trained it.</summary>
    internal static void WriteBase(string path, int side, ulong seed = 5)
    {
        var x = new Placeholder("image", [null, 3, side, side]);
        var norm = Layers.BatchNorm(Layers.Conv2D(x, 32, 5, name: "first"), name: "norm").Relu();
        var pooled = Layers.Conv2D(norm.MaxPool2D(2), 32, 3, Activation.Relu, name: "second").Mean([2, 3]);
        var scores = Layers.Dense(Layers.Dense(pooled, 8, name: "dense").Relu("hidden"), 5, name: "scores");
        new Model(losses: [], predictions: [scores.Softmax(name: "probabilities")], seed: seed).ExportOnnx(path);
    }

    private ToolRun Train(params string[] options) => ToolRun.Of(["train", Pictures, "--base", Base, .. options]);

    private static float[] Numbers(string place) => Network.Load(place).Model.Variables.ToVector();
}
