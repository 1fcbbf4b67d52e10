using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;
using SimpleFlow.Tests.Plots;
using DataType = SimpleFlow.Onnx.Schema.TensorProto.Types.DataType;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Models that are made here: free sizes stay free, weights train, and what is wrong with a file is said.</summary>
public sealed class OnnxModelTests
{
    [Fact]
    public void A_reshape_to_sizes_of_another_node_follows_the_feed()
    {
        var x = Input("x", null, null, 6);
        var model = Load([x],
            Node("Shape", ["x"], "shape"),
            Node("Gather", ["shape", "zero"], "rows"),
            Node("Unsqueeze", ["rows", "axes"], "rows1"),
            Node("Concat", ["rows1", "rest"], "target", ("axis", 0)),
            Node("Reshape", ["x", "target"], "y"));
        Assert.Equal("[?, ?, 2, 3]", model.Outputs[0].Node.Shape.ToString());
        foreach (var (rows, length) in new[] { (1, 4), (3, 1), (2, 5) })
        {
            var feed = new Feed { [model.Inputs[0]] = DataArray.From(Numbers(rows * length * 6)).Reshape(rows, length, 6) };
            var y = new Model(losses: [], predictions: [model.Outputs[0].Node]).Predict(feed);
            Assert.Equal($"{rows} {length} 2 3", string.Join(' ', y.Lengths.ToArray()));
        }
    }

    [Fact]
    public void What_waits_for_sizes_has_its_derivative_at_every_size()
    {
        var model = Load([Input("x", null, 4)],
            Node("Shape", ["x"], "shape"),
            Node("ReduceProd", ["shape"], "count", ("keepdims", 0)),
            Node("Cast", ["count"], "divisor", ("to", 1)),
            Node("Mul", ["x", "v"], "scaled"),
            Node("ReduceProd", ["scaled", "lastAxis"], "product", ("keepdims", 0)),
            Node("Div", ["product", "divisor"], "y"));
        var loss = model.Outputs[0].Node.Sum();
        foreach (var rows in new[] { 1, 3 })
        {
            var feed = new Feed { [model.Inputs[0]] = DataArray.From(Numbers(rows * 4)).Reshape(rows, 4) };
            Assert.True(GradientCheck.Of(loss, feed).IsRight);
        }
    }

    [Fact]
    public void A_product_of_sizes_makes_a_shape()
    {
        var model = Load([Input("x", null, null, 6)],
            Node("Shape", ["x"], "shape"),
            Node("ReduceProd", ["shape"], "count", ("keepdims", 1)),
            Node("Reshape", ["x", "count"], "y"));
        Assert.Equal("[?]", model.Outputs[0].Node.Shape.ToString());
        var feed = new Feed { [model.Inputs[0]] = DataArray.From(Numbers(36)).Reshape(2, 3, 6) };
        Assert.Equal(36, new Model(losses: [], predictions: [model.Outputs[0].Node]).Predict(feed).FlattenedLength);
    }

    [Fact]
    public void Weights_are_variables_that_train()
    {
        var model = Load([Input("x", null, 2)], Node("MatMul", ["x", "w"], "y"));
        var w = Assert.Single(model.Variables);
        Assert.Equal(("w", true), (w.Name, w.IsTrainable));
        var target = new Placeholder("target", [null, 1]);
        var training = new Model((model.Outputs[0].Node - target).Power(2).Mean(), model.Outputs[0].Node, new GradientDescent(0.1f));
        var feed = new Feed { [model.Inputs[0]] = new float[,] { { 1, 0 }, { 0, 1 } }, [target] = new float[,] { { 3 }, { -1 } } };
        training.Fit(feed, maxIterations: 400);
        Assert.Equal(3, w.Values[0, 0], 2);
        Assert.Equal(-1, w.Values[1, 0], 2);
    }

    [Fact]
    public void Weights_that_are_written_as_nodes_are_variables_unless_there_are_initializers()
    {
        var weights = new TensorProto { DataType = (int)DataType.Float };
        weights.Dims.Add(2);
        weights.FloatData.AddRange([3, 4]);
        var node = Node("Constant", [], "weights");
        node.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = weights });
        var proto = Proto([Input("x", null, 2)], node, Node("Mul", ["x", "weights"], "y"));
        Assert.Empty(Load(proto).Variables);
        foreach (var floats in proto.Graph.Initializer.Where(one => one.DataType == (int)DataType.Float && one.Dims.Count > 0).ToList())
            proto.Graph.Initializer.Remove(floats);
        Assert.Equal(("weights", true), Load(proto).Variables.Select(variable => (variable.Name, variable.IsTrainable)).Single());
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder.File("net.onnx"), proto.ToByteArray());
        Assert.Equal(2, OnnxContents.Of(folder.File("net.onnx")).Parameters);
    }

    [Fact]
    public void All_unsupported_ops_are_listed_with_their_nodes()
    {
        var error = Assert.Throws<OnnxException>(() => Load([Input("x", 2)],
            Node("Magic", ["x"], "a"), Node("Magic", ["a"], "b"), Node("Trick", ["b"], "y")));
        Assert.Contains("3 nodes of 2 ops", error.Message, StringComparison.Ordinal);
        Assert.Contains("Magic, 2 ×: 'a', 'b'", error.Message, StringComparison.Ordinal);
        Assert.Contains("Trick, 1 ×: 'y'", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nodes_in_a_circle_are_refused() => Assert.Contains("depend on itself", Refused(
        Node("Add", ["x", "b"], "a"), Node("Relu", ["a"], "b"), Node("Relu", ["b"], "y")), StringComparison.Ordinal);

    [Fact]
    public void Two_nodes_that_make_one_name_are_refused() => Assert.Contains("already made by", Refused(
        Node("Relu", ["x"], "y"), Node("Exp", ["x"], "y")), StringComparison.Ordinal);

    [Fact]
    public void A_name_that_nobody_makes_is_refused() => Assert.Contains("needs 'nowhere'", Refused(
        Node("Add", ["x", "nowhere"], "y")), StringComparison.Ordinal);

    [Fact]
    public void Nodes_may_be_listed_in_any_order() =>
        Assert.Equal("[2]", Load([Input("x", 2)], Node("Relu", ["a"], "y"), Node("Exp", ["x"], "a")).Outputs[0].Node.Shape.ToString());

    [Fact]
    public void A_tensor_that_says_it_is_huge_is_refused_by_what_is_there()
    {
        var proto = Proto([Input("x", 2)], Node("Add", ["x", "w"], "y"));
        var huge = new TensorProto { Name = "w", DataType = (int)DataType.Float, RawData = ByteString.CopyFrom(new byte[8]) };
        huge.Dims.AddRange([1 << 20, 1 << 10]);
        proto.Graph.Initializer.Clear();
        proto.Graph.Initializer.Add(huge);
        Assert.Contains("needs 4,294,967,296 bytes, and 8 are there", Assert.Throws<OnnxException>(() => Load(proto)).Message,
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("../weights.bin"), InlineData("/etc/passwd"), InlineData("a/../../b"), InlineData(""), InlineData("..\\b")]
    [InlineData("C:b")]
    public void Data_outside_of_the_folder_of_the_model_are_not_read(string location)
    {
        var proto = Proto([Input("x", 2)], Node("Add", ["x", "w"], "y"));
        var outside = new TensorProto
        {
            Name = "w",
            DataType = (int)DataType.Float,
            DataLocation = TensorProto.Types.DataLocation.External,
        };
        outside.Dims.Add(2);
        outside.ExternalData.Add(new StringStringEntryProto { Key = "location", Value = location });
        proto.Graph.Initializer.Clear();
        proto.Graph.Initializer.Add(outside);
        var folder = Directory.CreateTempSubdirectory("simpleflow-onnx-");
        try
        {
            var path = Path.Combine(folder.FullName, "net.onnx");
            File.WriteAllBytes(path, proto.ToByteArray());
            Assert.Contains("must be in the folder of the model", Assert.Throws<OnnxException>(() => OnnxModel.Load(path)).Message,
                StringComparison.Ordinal);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [Fact]
    public void Every_beginning_of_a_file_is_read_or_refused()
    {
        var bytes = Proto([Input("x", null, 2)], Node("MatMul", ["x", "w"], "y")).ToByteArray();
        for (var length = 0; length < bytes.Length; length++)
        {
            try
            {
                OnnxModel.Load(new MemoryStream(bytes, 0, length));
            }
            catch (OnnxException exception)
            {
                Assert.StartsWith("model.onnx: ", exception.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_size_that_is_computed_in_endless_steps_is_refused()
    {
        var nodes = Enumerable.Range(0, 2000).Select(i => Node("Add", [i == 0 ? "shape" : $"s{i}", "one"], $"s{i + 1}"));
        Assert.Contains("more than 500 steps", Assert.Throws<OnnxException>(() => Load([Input("x", null, 4)],
            [Node("Shape", ["x"], "shape"), .. nodes, Node("Relu", ["x"], "y")])).Message, StringComparison.Ordinal);
    }

    private static float[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(i => 0.3f + i * 0.1f % 1.7f)];

    private static string Refused(params NodeProto[] nodes) =>
        Assert.Throws<OnnxException>(() => Load([Input("x", 2)], nodes)).Message;

    private static OnnxModel Load(ValueInfoProto[] inputs, params NodeProto[] nodes) => Load(Proto(inputs, nodes));

    private static OnnxModel Load(ModelProto proto) => OnnxModel.Load(new MemoryStream(proto.ToByteArray()));

    private static ModelProto Proto(ValueInfoProto[] inputs, params NodeProto[] nodes)
    {
        var graph = new GraphProto { Name = "test" };
        graph.Input.AddRange(inputs);
        graph.Node.AddRange(nodes);
        graph.Output.Add(new ValueInfoProto { Name = "y", Type = TypeOf(DataType.Float, null) });
        graph.Initializer.AddRange([Whole("zero", 0), Whole("one", 1)]);
        graph.Initializer.AddRange([Whole("axes", [0]), Whole("lastAxis", [-1]), Whole("rest", [-1, 2, 3])]);
        graph.Initializer.AddRange([Weight("w", [2, 1]), Weight("v", [1, 4])]);
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Version = 18 });
        return model;
    }

    private static ValueInfoProto Input(string name, params long?[] sizes) => new() { Name = name, Type = TypeOf(DataType.Float, sizes) };

    private static TypeProto TypeOf(DataType type, long?[]? sizes)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (sizes is not null)
        {
            tensor.Shape = new TensorShapeProto();
            foreach (var size in sizes)
            {
                tensor.Shape.Dim.Add(size is { } known ? new TensorShapeProto.Types.Dimension { DimValue = known }
                    : new TensorShapeProto.Types.Dimension { DimParam = "free" });
            }
        }
        return new TypeProto { TensorType = tensor };
    }

    private static TensorProto Weight(string name, long[] sizes)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Float };
        tensor.Dims.AddRange(sizes);
        tensor.FloatData.AddRange(Numbers((int)(sizes[0] * sizes[1])));
        return tensor;
    }

    private static TensorProto Whole(string name, long number)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Int64 };
        tensor.Int64Data.Add(number);
        return tensor;
    }

    private static TensorProto Whole(string name, long[] numbers)
    {
        var tensor = new TensorProto { Name = name, DataType = (int)DataType.Int64 };
        tensor.Dims.Add(numbers.Length);
        tensor.Int64Data.AddRange(numbers);
        return tensor;
    }

    private static NodeProto Node(string op, string[] inputs, string output, params (string Name, long Value)[] attributes)
    {
        var node = new NodeProto { OpType = op };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        foreach (var (name, value) in attributes)
            node.Attribute.Add(new AttributeProto { Name = name, I = value, Type = AttributeProto.Types.AttributeType.Int });
        return node;
    }
}
