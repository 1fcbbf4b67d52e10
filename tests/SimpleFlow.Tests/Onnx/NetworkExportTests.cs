using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;
using SimpleFlow.Tests.Cli;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Networks as files that take what the network takes and answer what it answers, and files that are whole or not there.</summary>
public sealed class NetworkExportTests : IDisposable
{
    private const string Cells = "x,colour,kind,amount\n1,red,a,2.5\n2,blue,b,3\n,red,a,7\n";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("onnx-export-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_table_goes_in_as_it_is_and_comes_out_as_probabilities()
    {
        var table = CsvTable.Parse(Cells);
        var network = new Network(new(TableInput.Of(table, "kind", out _), ClassOutput.Of(table, "kind"),
            [new Layer.Dense(3, Activation.Tanh), new Layer.Dropout(0.2f)]));
        var (bytes, export) = Written(network);
        Assert.Equal(["probabilities", "class"], export.Outputs);
        var answers = OnnxRuntimeRun.Of(bytes, Row(network, x: [1, 2, double.NaN], amount: [2.5, 3, 7]));
        var expected = network.Classify(table);
        for (var row = 0; row < 3; row++)
        {
            for (var i = 0; i < 2; i++)
                Assert.Equal(expected[row].Probabilities[i], answers[0].Elements[row * 2 + i], 1e-5);
            Assert.Equal(expected[row].Class, ((ClassOutput)network.Description.Output).Classes[(int)answers[1].Elements[row]]);
        }
        Assert.Equal("""["a","b"]""", Metadata(bytes)["simpleflow.classes"]);
        Assert.Contains(export.Remarks, remark => remark.Contains("`colour`", StringComparison.Ordinal));
    }

    [Fact]
    public void An_amount_comes_out_in_its_own_unit()
    {
        var table = CsvTable.Parse(Cells);
        var network = new Network(new(TableInput.Of(table, "amount", out _), NumberOutput.Of(table, "amount"),
            [new Layer.Dense(3, Activation.Tanh)]));
        var (bytes, export) = Written(network);
        Assert.Equal(["amount"], export.Outputs);
        var answers = OnnxRuntimeRun.Of(bytes, Row(network, x: [1, 2, double.NaN], amount: null));
        var expected = network.Estimate(table);
        for (var row = 0; row < 3; row++) Assert.Equal(expected[row], answers[0].Elements[row], 1e-4);
    }

    [Theory]
    [InlineData("images"), InlineData("text")]
    public void Pictures_and_texts_go_in_as_numbers(string kind)
    {
        var network = new Network(kind == "images"
            ? new(new ImageInput(3, 5, 4), new ClassOutput("class", ["a", "b"]), [new Layer.Conv2D(2, 3), new Layer.BatchNorm()])
            : new(new TextInput("abc", 4), new NextCharacterOutput(3),
                [new Layer.Embedding(3, 4), new Layer.TransformerBlock(2, Causal: true)]));
        var (bytes, export) = Written(network);
        Assert.NotEmpty(export.Remarks);
        var shape = Shape.Create([2, .. network.Input.Shape.Skip(1)]);
        var random = new Random(3);
        var value = new PlainTensor(shape, [.. Enumerable.Range(0, (int)shape.ElementCount)
            .Select(_ => kind == "images" ? (double)random.NextSingle() : random.Next(3))]);
        var answer = OnnxRuntimeRun.Of(bytes, new Dictionary<string, (PlainTensor, ElementType)>
        {
            [network.Input.Name!] = (value, network.Input.ElementType),
        });
        Node probabilities = network.Model.Predictions[0].InferenceMode().Softmax();
        var plain = PlainReading.ValuesOf([probabilities], new Ops.PlainFeed { [network.Input] = value });
        Assert.Null(Exported.FirstDifference([probabilities], plain, answer, 1e-5));
    }

    [Fact]
    public void A_refused_graph_leaves_the_old_file_and_no_other()
    {
        var path = Path.Combine(_folder.FullName, "net.onnx");
        File.WriteAllText(path, "old");
        var x = new Placeholder("x", [null, 2]);
        var model = new Model(losses: default, predictions: x + x.RandomNormal(name: "noise"));
        Assert.Contains("`noise`", Assert.Throws<OnnxException>(() => model.ExportOnnx(path)).Message, StringComparison.Ordinal);
        Assert.Equal("old", File.ReadAllText(path));
        new Model(losses: default, predictions: x * 2f).ExportOnnx(path);
        Assert.Equal([path], Directory.GetFiles(_folder.FullName));
        Assert.Single(OnnxModel.Load(path).Inputs);
    }

    [Fact]
    public void What_cannot_be_written_is_said()
    {
        var x = new Placeholder("x", [null, 2]);
        var model = new Model(losses: default, predictions: x * 2f);
        Assert.Throws<SaveException>(() => model.ExportOnnx(_folder.FullName));
        Assert.Empty(_folder.GetFiles());
        Assert.Contains("17 to 24", Assert.Throws<OnnxException>(
            () => model.ExportOnnx(Stream.Null, new OnnxExportOptions { Opset = 16 })).Message, StringComparison.Ordinal);
        Assert.Contains("2 names are given for 1 outputs", Assert.Throws<OnnxException>(
            () => model.ExportOnnx(Stream.Null, new OnnxExportOptions { OutputNames = ["a", "b"] })).Message, StringComparison.Ordinal);
    }

    [Theory, InlineData(17), InlineData(18), InlineData(21)]
    public void A_newer_op_set_means_the_same(int opset)
    {
        var x = new Placeholder("x", [null, 2, 3]);
        var feed = new Ops.PlainFeed { [x] = new PlainTensor(Shape.Of(1, 2, 3), [1, -2, 3, 4, 5, -6]) };
        Node[] outputs = [x.Mean(1), x.Max([1, 2]), x.Sum(), x];
        Assert.Null(Exported.Difference(outputs, feed, new OnnxExportOptions { Opset = opset }));
    }

    [Fact]
    public void The_tool_writes_a_saved_network()
    {
        var (network, saved, path) = (new Network(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b"]), [new Layer.Dense(3)])),
            Path.Combine(_folder.FullName, "saved.safetensors"), Path.Combine(_folder.FullName, "net.onnx"));
        network.Save(saved);
        var run = ToolRun.Of("export", saved, "--out", path).Succeeded();
        Assert.Contains("outputs: probabilities, class", run.Output, StringComparison.Ordinal);
        Assert.Equal(["probabilities", "class"], OnnxModel.Load(path).Outputs.Select(output => output.Name));
        ToolRun.Of("export", saved, "--out", "net.txt").Failed(1, "a name that ends in .onnx");
    }

    private static (byte[] Bytes, OnnxExport Export) Written(Network network)
    {
        using var stream = new MemoryStream();
        var export = network.ExportOnnx(stream);
        return (stream.ToArray(), export);
    }

    private static Dictionary<string, string> Metadata(byte[] bytes) =>
        ModelProto.Parser.ParseFrom(bytes).MetadataProps.ToDictionary(entry => entry.Key, entry => entry.Value, StringComparer.Ordinal);

    /// <summary>The columns of the table above, with the places of the texts.</summary>
    private static Dictionary<string, (PlainTensor, ElementType)> Row(Network network, double[] x, double[]? amount)
    {
        PlainTensor Column(IEnumerable<double> cells) => new(Shape.Of(3, 1), [.. cells]);
        var columns = ((TableInput)network.Description.Input).Columns.OfType<CategoryColumn>().ToDictionary(column => column.Name,
            column => (Column((column.Name == "colour" ? (string[])["red", "blue", "red"] : ["a", "b", "a"])
                .Select(text => (double)column.Values.ToList().IndexOf(text))), ElementType.Int32), StringComparer.Ordinal);
        columns["x"] = (Column(x), ElementType.Float32);
        if (amount is not null) columns["amount"] = (Column(amount), ElementType.Float32);
        return columns;
    }
}
