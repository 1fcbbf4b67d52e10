using SimpleFlow.Images;
using SimpleFlow.Onnx;

namespace SimpleFlow.Tests.Cli;

/// <summary>Every command that takes a saved network takes an ONNX file: one that SimpleFlow exported as the network it was, one of another
/// program as pictures, rows or arrays go into it.</summary>
public sealed class OnnxCommandTests : IDisposable
{
    private const string Cells = "x,colour,kind,amount\n1,red,a,2.5\n2,blue,b,3\n,red,a,7\n4,blue,b,1\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("onnx-command-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("kind"), InlineData("amount")]
    public void An_exported_table_network_answers_from_the_same_rows_bit_for_bit(string target)
    {
        var (rows, saved, file) = (Written("rows.csv", Cells), At("net"), At("net.onnx"));
        var table = CsvTable.Read(rows);
        NetworkOutput output = target == "kind" ? ClassOutput.Of(table, target) : NumberOutput.Of(table, target);
        Directory.CreateDirectory(saved);
        new Network(new(TableInput.Of(table, target, out _), output, [new Layer.Dense(3, Activation.Tanh), new Layer.Dropout(0.2f)]))
            .Save(saved);
        ToolRun.Of("export", saved, "--out", file).Succeeded();
        foreach (var command in new[] { "predict", "evaluate" })
            Assert.Equal(ToolRun.Of(command, saved, rows).Succeeded().Output, ToolRun.Of(command, file, rows).Succeeded().Output);
        var inspected = ToolRun.Of("inspect", file).Succeeded().Output;
        Assert.Contains("rows of a table", inspected, StringComparison.Ordinal);
        Assert.Contains("op set 17", inspected, StringComparison.Ordinal);
        ToolRun.Of("explain", file).Succeeded();
        ToolRun.Of("draw", file, "--gradients", "--out", At("net.svg")).Succeeded();
        Assert.Contains("OnnxNetwork.Load", ToolRun.Of("inspect", file, "--code").Succeeded().Output, StringComparison.Ordinal);
        ToolRun.Of("predict", file, rows, "--mean", "1").Failed(2, "--mean", "ONNX files of other programs");
        ToolRun.Of("export", file, "--out", file).Failed(2, "over itself");
        ToolRun.Of("export", file, "--out", At("again.onnx"), "--opset", "18").Succeeded();
        Assert.Equal(OnnxNetwork.Load(file).Description, OnnxNetwork.Load(At("again.onnx")).Description);
    }

    [Fact]
    public void An_exported_text_network_continues_a_text_as_before()
    {
        var (saved, file) = (At("net.safetensors"), At("net.onnx"));
        var network = new Network(new(new TextInput("abc\n", 4), new NextCharacterOutput(4),
            [new Layer.Embedding(4, 4), new Layer.TransformerBlock(2, Causal: true)]));
        network.Save(saved);
        network.ExportOnnx(file);
        Assert.Equal(ToolRun.Of("generate", saved, "--length", "20").Succeeded().Output,
            ToolRun.Of("generate", file, "--length", "20").Succeeded().Output);
    }

    [Fact]
    public void A_changed_file_is_no_longer_the_network_of_its_metadata()
    {
        var file = At("net.onnx");
        var network = new Network(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b"]), [new Layer.Dense(3)]));
        network.ExportOnnx(file);
        var model = OnnxModel.Load(file);
        new Model(losses: default, predictions: model.Outputs[0].Node * 2f).ExportOnnx(file, new() { Metadata = model.Metadata });
        Assert.False(OnnxNetwork.TryLoad(file, out _, out var why));
        Assert.Contains("has written its graph", why, StringComparison.Ordinal);
        Assert.Throws<OnnxException>(() => OnnxNetwork.Load(file));
    }

    [Theory]
    [InlineData(null), InlineData(1)]
    public void Pictures_go_into_a_file_of_another_program_scaled_as_it_was_trained(int? batch)
    {
        var file = At("foreign.onnx");
        var image = new Placeholder("pixels", [batch, 3, 6, 5]);
        var flat = image.Conv2D(new Variable("filters", [2, 3, 3, 3])).Relu().Reshape([batch, 2 * 4 * 3]);
        var scores = Layers.Dense(flat, 3, Activation.Softmax);
        var model = new Model(losses: default, predictions: scores);
        model.ExportOnnx(file);
        var pictures = At("pictures");
        foreach (var (name, shade) in new[] { ("b", 200), ("c", 90) })
        {
            PictureFiles.Write(Path.Combine(pictures, name, "one.png"), 6, 5,
                (row, column) => new SkiaSharp.SKColor((byte)shade, (byte)(row * 40), (byte)(column * 50)));
        }
        var names = Written("names.txt", "a\nb\nc\n");
        var lines = ToolRun.Of("predict", file, pictures, "--classes", names, "--mean", "0.5,0.25,0", "--std", "2").Succeeded().Lines;
        Assert.Equal("image,predicted class,probability,probability of a,probability of b,probability of c", lines[0]);
        Assert.Equal(3, lines.Length);
        var pixels = new float[3 * 6 * 5];
        Pictures.Read([Path.Combine(pictures, "c", "one.png")]).Images.CopyTo(pixels);
        float[] mean = [0.5f, 0.25f, 0];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (pixels[i] - mean[i / 30]) / 2;
        var expected = model.Predict(new Feed { [image] = DataArray.From(pixels).Reshape(1, 3, 6, 5) });
        Assert.Equal(expected.Last(), float.Parse(lines[2].Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture), 1e-5);
        ToolRun.Of("explain", file).Succeeded();
        ToolRun.Of("draw", file, "--gradients", "--out", At("net.svg")).Succeeded();
        Assert.Contains("accuracy", ToolRun.Of("evaluate", file, pictures, "--classes", names, "--pixels", "bytes").Succeeded().Output,
            StringComparison.Ordinal);
        var told = ToolRun.Of("predict", file, pictures);
        Assert.Contains("pixels go in as unit", told.Error, StringComparison.Ordinal);
        ToolRun.Of("predict", file, pictures, "--scale", "255").Failed(2, "--scale is gone", "--pixels bytes");
        ToolRun.Of("predict", file, pictures, "--mean", "1,2").Failed(2, "--mean has 2 numbers", "3 channels");
        Assert.Contains("3 classes", told.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_of_a_table_go_into_one_input_or_one_for_each_column()
    {
        var x = new Placeholder("x", [null, 2]);
        var together = new Model(losses: default, predictions: Layers.Dense(x, 1, name: "amount"));
        together.ExportOnnx(At("together.onnx"));
        var rows = Written("rows.csv", "b,a,amount\n1,2,3\n4,5,6\n");
        var numbers = ToolRun.Of("predict", At("together.onnx"), rows, "--columns", "a,b").Succeeded().Lines;
        Assert.Equal("b,a,amount,predicted amount", numbers[0]);
        var expected = together.Predict(new Feed { [x] = new float[,] { { 2, 1 }, { 5, 4 } } });
        Assert.Equal(expected.Last(), float.Parse(numbers[2].Split(',')[^1], System.Globalization.CultureInfo.InvariantCulture), 1e-5);
        ToolRun.Of("predict", At("together.onnx"), rows, "--columns", "a").Failed(1, "2 numbers", "--columns");

        var (a, b) = (new Placeholder("a", [null, 1]), new Placeholder("b", [null, 1]));
        new Model(losses: default, predictions: Flow.AddFlow(a * 2f + b, new Add(1f), "amount")).ExportOnnx(At("apart.onnx"));
        var apart = ToolRun.Of("predict", At("apart.onnx"), rows).Succeeded().Lines;
        Assert.Equal(["b,a,amount,predicted amount", "1,2,3,6", "4,5,6,15"], apart);
        Assert.Contains("mean absolute error 6", ToolRun.Of("evaluate", At("apart.onnx"), rows).Succeeded().Output,
            StringComparison.Ordinal);
    }

    [Fact]
    public void Arrays_go_in_and_come_out_as_they_are()
    {
        var (a, b) = (new Placeholder("a", [null, 2]), new Placeholder("b", [null, 2], ElementType.Int32));
        new Model(losses: default, predictions: [Flow.AddFlow(a, new Add(b.Cast()), "sum"), a.Sum(axis: 1, name: "total")])
            .ExportOnnx(At("net.onnx"));
        NpzFile.Write(At("in.npz"), new Dictionary<string, DataArray>
        {
            ["a"] = new float[,] { { 1, 2 }, { 3, 4 } },
            ["b"] = new float[,] { { 10, 20 }, { 30, 40 } },
        });
        Assert.Equal(["sum[0],sum[1],total", "11,22,3", "33,44,7"], ToolRun.Of("predict", At("net.onnx"), At("in.npz")).Succeeded().Lines);
        ToolRun.Of("predict", At("net.onnx"), At("in.npz"), "--out", At("out.safetensors")).Succeeded();
        Assert.Equal([11, 22, 33, 44], SafetensorsFile.Read(At("out.safetensors")).Tensors["sum"].Values);
        ToolRun.Of("predict", At("net.onnx"), At("in.npz"), "--out", At("out.npy")).Failed(2, "--output");
        ToolRun.Of("predict", At("net.onnx"), At("in.npz"), "--out", At("out.npy"), "--output", "total").Succeeded();
        ToolRun.Of("generate", At("net.onnx")).Failed(1, "simpleflow export");
        ToolRun.Of("train", "digits", "--save", At("new.onnx")).Failed(2, "simpleflow export");
        ToolRun.Of("draw", At("net.onnx"), "--out", At("net.svg")).Succeeded();
        ToolRun.Of("inspect", At("net.onnx"), "--json").Succeeded();
        Assert.Contains("OnnxModel.Load", ToolRun.Of("inspect", At("net.onnx"), "--code").Succeeded().Output, StringComparison.Ordinal);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private string Written(string name, string text)
    {
        File.WriteAllText(At(name), text);
        return At(name);
    }
}
