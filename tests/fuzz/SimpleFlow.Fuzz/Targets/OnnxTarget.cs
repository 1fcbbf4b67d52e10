using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Fuzz;

/// <summary>ONNX files, which are built into graphs.</summary>
internal sealed class OnnxTarget : FuzzTarget
{
    // Of what a network needs once: the table of ops, and the descriptions of the messages.
    private const long Once = 4 << 20;

    public override string Name => "onnx";
    public override string Ending => ".onnx";

    public override IEnumerable<(string Name, byte[] Bytes)> Seeds()
    {
        yield return ("table.onnx", Exported(new(
            new TableInput([new NumberColumn("length", 4, 1.5, MayBeMissing: true), new CategoryColumn("colour", ["blue", "red"])]),
            new ClassOutput("kind", ["iris", "rose"]), [new Layer.Dense(3, Activation.Relu)])));
        yield return ("images.onnx", Exported(new(new ImageInput(1, 4, 4), new ClassOutput("class", ["a", "b", "c"]),
            [new Layer.Conv2D(2, 3), new Layer.BatchNorm(), new Layer.MaxPool2D(2)])));
        yield return ("text.onnx", Exported(new(new TextInput("abc ", 4), new NextCharacterOutput(4),
            [new Layer.Embedding(4, 2), new Layer.TransformerBlock(1, Causal: true)])));
        yield return ("shapes.onnx", Shapes().ToByteArray());
        yield return ("loop.onnx", Loop().ToByteArray());
        yield return ("lstm.onnx", Exported(new(new TextInput("abc ", 4), new NextCharacterOutput(4),
            [new Layer.Embedding(4, 2), new Layer.Lstm(2, Sequence: true)])));
    }

    public override object Read(string path) => OnnxContents.Of(path);

    public override void Use(string path, object read)
    {
        _ = OnnxModel.Load(path);
        _ = OnnxNetwork.TryLoad(path, out _, out _, threads: 1);
    }

    // A part of a few bytes is an object.
    public override long MemoryToRead(byte[] bytes) => 400L * bytes.Length + Once + Ground;

    // Numbers are written out to sizes that the file names, up to a limit: their float64, and what they become.
    public override long MemoryToUse(byte[] bytes) => 65536L * bytes.Length + 512 * Ground;

    protected override bool IsPromised(SimpleFlowException error, string path) =>
        error is OnnxException && error.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal);

    // A field changed as a message, so that lengths are right and what lies behind them is reached.
    public override byte[] Structured(byte[] bytes, Mutator mutator)
    {
        ModelProto model;
        try
        {
            model = ModelProto.Parser.ParseFrom(bytes);
        }
        catch (InvalidProtocolBufferException)
        {
            return mutator.Bytes(bytes, [bytes]);
        }
        var text = JsonFormatter.Default.Format(model);
        for (var attempt = 0; attempt < 8; attempt++)
        {
            try
            {
                return JsonParser.Default.Parse<ModelProto>(mutator.Json(text)).ToByteArray();
            }
            catch (Exception error) when (error is InvalidProtocolBufferException or InvalidJsonException or FormatException
                or OverflowException or InvalidOperationException or ArgumentException)
            {
                // Not every text is a model.
            }
        }
        return mutator.Bytes(bytes, [bytes]);
    }

    private static byte[] Exported(NetworkDescription description)
    {
        using var stream = new MemoryStream();
        new Network(description).ExportOnnx(stream);
        return stream.ToArray();
    }

    /// <summary>Sizes that are computed: Shape, Gather, Concat, Reshape, Expand, Tile.</summary>
    private static ModelProto Shapes() => Model([Input("x", null, 4)],
        [Whole("zero", [], 0), Whole("one", [1], 1), Whole("four", [1], 4), Whole("repeats", [2], 1, 2)],
        Node("Shape", ["x"], "shape"), Node("Gather", ["shape", "zero"], "rows"), Node("Unsqueeze", ["rows", "zeroAxis"], "rows1"),
        Node("Concat", ["rows1", "four"], "target", Axis(0)), Node("Expand", ["x", "target"], "wide"),
        Node("Tile", ["wide", "repeats"], "tiled"), Node("Softmax", ["tiled"], "y", Axis(-1)));

    /// <summary>A loop of three steps whose body adds to what it carries.</summary>
    private static ModelProto Loop()
    {
        var body = new GraphProto { Name = "body" };
        body.Input.AddRange([Input("step"), Input("go"), Input("sum", null, 4)]);
        body.Node.AddRange([Node("Identity", ["go"], "go on"), Node("Add", ["sum", "x"], "more")]);
        body.Output.AddRange([Input("go on"), Input("more", null, 4)]);
        var loop = Node("Loop", ["count", "", "x"], "y", new AttributeProto
        {
            Name = "body",
            Type = AttributeProto.Types.AttributeType.Graph,
            G = body
        });
        return Model([Input("x", null, 4)], [Whole("count", [], 3)], loop);
    }

    private static ModelProto Model(ValueInfoProto[] inputs, TensorProto[] weights, params NodeProto[] nodes)
    {
        var model = new ModelProto { IrVersion = 8, Graph = new GraphProto { Name = "graph" } };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = 17 });
        model.Graph.Input.AddRange(inputs);
        model.Graph.Initializer.AddRange([.. weights, Whole("zeroAxis", [1], 0)]);
        model.Graph.Node.AddRange(nodes);
        model.Graph.Output.Add(new ValueInfoProto { Name = "y", Type = Type() });
        return model;
    }

    private static NodeProto Node(string op, string[] inputs, string output, params AttributeProto[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = $"make {output}" };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Axis(long axis) =>
        new() { Name = "axis", Type = AttributeProto.Types.AttributeType.Int, I = axis };

    private static ValueInfoProto Input(string name, params long?[] sizes) => new() { Name = name, Type = Type(sizes) };

    private static TypeProto Type(params long?[] sizes)
    {
        var shape = new TensorShapeProto();
        foreach (var size in sizes)
            shape.Dim.Add(size is { } known ? new TensorShapeProto.Types.Dimension { DimValue = known }
                : new TensorShapeProto.Types.Dimension { DimParam = "batch" });
        return new TypeProto { TensorType = new TypeProto.Types.Tensor { ElemType = 1, Shape = shape } };
    }

    private static TensorProto Whole(string name, long[] sizes, params long[] numbers)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)TensorProto.Types.DataType.Int64 };
        tensor.Dims.AddRange(sizes);
        tensor.Int64Data.AddRange(numbers);
        return tensor;
    }
}
