using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Files that lie, contradict themselves, or ask for more than they are worth: each is a typed error that names the
/// file.</summary>
[Trait("Promise", "10")]
public sealed class HostileFileTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("onnx-hostile-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_size_beyond_the_bytes_is_refused_before_it_gets_memory()
    {
        foreach (var size in new[] { 1_000_000_000_000, int.MaxValue, 3, -1 })
        {
            var model = Model(Node("Add", "y", "x", "w"));
            var weight = new TensorProto { Name = "w", DataType = 1, RawData = ByteString.CopyFrom(new byte[8]) };
            weight.Dims.Add(size);
            model.Graph.Initializer.Add(weight);
            var before = GC.GetAllocatedBytesForCurrentThread();
            Refused(model, "'w'");
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 24);
        }
    }

    [Theory]
    [InlineData("../secret"), InlineData("/etc/passwd"), InlineData("a/../../secret"), InlineData(""), InlineData("c:\\secret"),
        InlineData("link"), InlineData("missing")]
    public void Data_outside_of_the_folder_is_not_read(string location)
    {
        var outside = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        File.WriteAllBytes(outside, new byte[64]);
        File.CreateSymbolicLink(Path.Combine(_folder.FullName, "link"), outside);
        var model = Model(Node("Add", "y", "x", "w"));
        var weight = new TensorProto { Name = "w", DataType = 1, DataLocation = TensorProto.Types.DataLocation.External };
        weight.Dims.Add(4);
        weight.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        model.Graph.Initializer.Add(weight);
        Refused(model, "'w'");
        File.Delete(outside);
    }

    [Fact]
    public void Names_twice_missing_inputs_and_circles_are_named()
    {
        Refused(Model(Node("Add", "y", "x", "nothing")), "'nothing'");
        Refused(Model(Node("Relu", "y", "x"), Node("Tanh", "y", "x")), "'y'");
        Refused(Model(Node("Add", "a", "x", "y"), Node("Relu", "y", "a")), "circle");
        var twice = Model(Node("Relu", "y", "x"));
        twice.Graph.Initializer.AddRange([Number("w"), Number("w")]);
        Refused(twice, "'w' is defined twice");
        Refused(new ModelProto(), "no graph");
    }

    [Theory]
    [InlineData("Unsqueeze"), InlineData("Conv"), InlineData("Gather"), InlineData("Reshape"), InlineData("Slice"), InlineData("Loop"),
        InlineData("Tile"), InlineData("LSTM"), InlineData("Einsum"), InlineData("Resize"), InlineData("Pad")]
    public void A_node_without_its_attributes_and_inputs_is_named(string op) => Refused(Model(Node(op, "y", "x")), op);

    [Fact]
    public void Graphs_in_graphs_beyond_any_network_are_refused()
    {
        var body = new GraphProto { Name = "last" };
        for (var depth = 0; depth < 200; depth++)
        {
            var node = Node("If", "y", "x");
            node.Attribute.Add(new AttributeProto { Name = "then_branch", Type = AttributeProto.Types.AttributeType.Graph, G = body });
            body = new GraphProto { Name = $"{depth}" };
            body.Node.Add(node);
        }
        var model = Model();
        model.Graph.Node.Add(body.Node);
        Refused(model, "model.onnx");
    }

    [Fact]
    public void Functions_that_call_each_other_ten_times_are_stopped()
    {
        var model = Model(new NodeProto { OpType = "f0", Domain = "own", Input = { "x" }, Output = { "y" } });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "own", Version = 1 });
        for (var i = 0; i < 40; i++)
        {
            var function = new FunctionProto { Name = $"f{i}", Domain = "own", Input = { "a0" }, Output = { "a10" } };
            for (var call = 0; call < 10; call++)
                function.Node.Add(new NodeProto
                {
                    OpType = i < 39 ? $"f{i + 1}" : "Relu",
                    Domain = i < 39 ? "own" : "",
                    Input = { $"a{call}" },
                    Output = { $"a{call + 1}" }
                });
            model.Functions.Add(function);
        }
        Refused(model, "nodes would be made");
    }

    [Fact]
    public void More_parts_than_any_network_has_are_refused_unread()
    {
        // Two bytes for each node, and an object of a hundred for each of them.
        var nodes = new byte[2 * (PartLimit.MostParts + 1)];
        for (var i = 0; i < nodes.Length; i += 2) nodes[i] = 0x0A;
        using var graph = new MemoryStream();
        var coded = new CodedOutputStream(graph);
        coded.WriteTag(7, WireFormat.WireType.LengthDelimited);
        coded.WriteBytes(ByteString.CopyFrom(nodes));
        coded.Flush();
        var path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, graph.ToArray());
        var before = GC.GetAllocatedBytesForCurrentThread();
        Assert.Contains("is refused", Assert.Throws<OnnxException>(() => OnnxContents.Of(path)).Message, StringComparison.Ordinal);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1 << 20);
    }

    [Fact]
    public void Numbers_are_not_written_out_to_any_size()
    {
        var model = Model(Node("Range", "y", "from", "to", "by"));
        model.Graph.Initializer.AddRange([Number("from"), Number("to", 2_000_000_000), Number("by", 1)]);
        Refused(model, "numbers would be written out");
    }

    [Fact]
    public void A_file_with_any_byte_changed_is_read_or_refused()
    {
        using var stream = new MemoryStream();
        new Network(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b"]),
            [new Layer.Conv2D(2, 3), new Layer.BatchNorm(), new Layer.Dense(3)])).ExportOnnx(stream);
        var bytes = stream.ToArray();
        var (path, random) = (Path.Combine(_folder.FullName, "model.onnx"), new Random(5));
        for (var round = 0; round < 300; round++)
        {
            var changed = bytes.ToArray();
            for (var change = random.Next(3); change >= 0; change--) changed[random.Next(changed.Length)] = (byte)random.Next(256);
            if (round % 4 == 0) changed = changed[..random.Next(changed.Length)];
            File.WriteAllBytes(path, changed);
            try
            {
                OnnxModel.Load(path);
                OnnxNetwork.TryLoad(path, out _, out _);
            }
            catch (OnnxException exception)
            {
                Assert.Contains("model.onnx", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    private void Refused(ModelProto model, string words)
    {
        var path = Path.Combine(_folder.FullName, "model.onnx");
        File.WriteAllBytes(path, model.ToByteArray());
        var message = Assert.Throws<OnnxException>(() => OnnxModel.Load(path)).Message;
        Assert.Contains("model.onnx", message, StringComparison.Ordinal);
        Assert.Contains(words, message, StringComparison.Ordinal);
    }

    private static ModelProto Model(params NodeProto[] nodes)
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "graph" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        model.Graph.Input.Add(Value("x", 2));
        model.Graph.Node.AddRange(nodes);
        model.Graph.Output.Add(Value("y"));
        return model;
    }

    private static NodeProto Node(string op, string output, params string[] inputs) =>
        new() { OpType = op, Name = op, Input = { inputs }, Output = { output } };

    private static TensorProto Number(string name, float number = 0) => new() { Name = name, DataType = 1, FloatData = { number } };

    private static ValueInfoProto Value(string name, params long[] sizes) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            TensorType = new TypeProto.Types.Tensor
            {
                ElemType = 1,
                Shape = new TensorShapeProto { Dim = { sizes.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }) } },
            },
        },
    };
}
