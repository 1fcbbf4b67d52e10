using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;
using SimpleFlow.Tests.Ops;
using AttributeType = SimpleFlow.Onnx.Schema.AttributeProto.Types.AttributeType;
using DataType = SimpleFlow.Onnx.Schema.TensorProto.Types.DataType;

namespace SimpleFlow.Tests.Onnx;

/// <summary>Files of one node: what SimpleFlow makes of them and what ONNX Runtime does, and the derivatives.</summary>
public sealed class ImportedOpTests
{
    private static readonly Dictionary<string, Case> Cases = new(StringComparer.Ordinal)
    {
        ["RoiAlign"] = new(16, Node("RoiAlign", 1, ("output_height", 2), ("output_width", 3), ("sampling_ratio", 2)), Maps),
        ["RoiAlign, as many samples as pixels"] = new(16, Node("RoiAlign", 1, ("output_height", 2), ("output_width", 2)), Maps),
        ["RoiAlign before op set 16"] = new(10, Node("RoiAlign", 1, ("output_height", 2), ("output_width", 2)), Maps),
        ["MaxPool with places"] = new(12, Node("MaxPool", 2, ("kernel_shape", Of(3, 2)), ("strides", Of(2, 1)), ("pads", Of(1, 0, 1, 1))),
            [Data(2, 2, 5, 4)]),
        ["MaxPool over one axis with places"] = new(12, Node("MaxPool", 2, ("kernel_shape", Of(3)), ("strides", Of(2))), [Data(2, 2, 7)]),
        ["MaxPool with places by columns"] = new(12, Node("MaxPool", 2, ("kernel_shape", Of(2, 2)), ("storage_order", 1)),
            [Data(1, 2, 3, 4)]),
        ["MaxUnpool"] = new(11, Node("MaxUnpool", 1, ("kernel_shape", Of(2, 2)), ("strides", Of(2, 2))),
            [Data(1, 2, 1, 2), Whole([1, 2, 1, 2], 1, 6, 9, 15)]),
        ["Det"] = new(11, Node("Det", 1), [Data(2, 3, 3)]),
        ["Col2Im"] = new(18, Node("Col2Im", 1, ("strides", Of(2, 1)), ("pads", Of(1, 0, 1, 0)), ("dilations", Of(1, 2))),
            [Data(2, 8, 6), Whole([2], 4, 4), Whole([2], 2, 2)]),
        ["CenterCropPad"] = new(18, Node("CenterCropPad", 1, ("axes", Of(1, 2))), [Data(2, 5, 2), Whole([2], 2, 5)]),
        ["DFT"] = new(17, Node("DFT", 1, ("axis", 1)), [Data(2, 6, 1)]),
        ["DFT of one side"] = new(17, Node("DFT", 1, ("axis", 1), ("onesided", 1)), [Data(2, 5, 1)]),
        ["DFT backwards"] = new(17, Node("DFT", 1, ("axis", 1), ("inverse", 1)), [Data(2, 6, 2)]),
        ["DFT of another length"] = new(20, Node("DFT", 1), [Data(2, 3, 2), Whole([], 8), Whole([], -2)]),
        ["STFT"] = new(17, Node("STFT", 1), [Data(1, 12, 1), Whole([], 3), Data(6), Whole([], 6)]),
        ["ConvTranspose over three axes"] = new(11,
            Node("ConvTranspose", 1, ("strides", Of(2, 1, 2)), ("pads", Of(1, 0, 0, 0, 1, 1)), ("output_padding", Of(1, 0, 0))),
            [Data(1, 2, 3, 3, 2), Data(2, 3, 2, 3, 2), Data(3)]),
        ["ConvTranspose over three axes, in groups"] = new(11, Node("ConvTranspose", 1, ("group", 2), ("dilations", Of(2, 1, 1))),
            [Data(2, 2, 2, 3, 2), Data(2, 2, 2, 2, 2)]),
        ["NonMaxSuppression"] = new(11, Node("NonMaxSuppression", 1),
            [Data(1, 6, 4), Data(1, 2, 6), Whole([1], 3), Fixed(0.3), Fixed(-0.5)]),
        ["NonMaxSuppression of centred boxes"] = new(11, Node("NonMaxSuppression", 1, ("center_point_box", 1)),
            [([1, 3, 4], [0.5, 0.5, 1, 1, 0.5, 0.6, 1, 1, 0.5, 10.5, 1, 1], DataType.Float), Data(1, 1, 3), Whole([1], 3), Fixed(0.5)]),
        ["MelWeightMatrix"] = new(17, Node("MelWeightMatrix", 1),
            [Whole([], 8), Whole([], 64), Whole([], 8192), FixedScalar(125), FixedScalar(3800)]),
    };

    private sealed record Case(int Opset, NodeProto Node, (long[] Sizes, double[] Numbers, DataType Type)[] Inputs);

    private static (long[], double[], DataType)[] Maps =>
        [Data(2, 2, 6, 5), ([3, 4], [0.2, 0.7, 3.1, 4.4, 1.3, 0.1, 4.9, 5.8, -2, 1, 9, 2], DataType.Float), Whole([3], 0, 1, 1)];

    public static TheoryData<string> Names => [.. Cases.Keys];

    [Theory, MemberData(nameof(Names))]
    public void It_means_the_same_as_in_ONNX_Runtime(string name)
    {
        var (file, fed) = FileOf(name);
        var model = OnnxModel.Load(new MemoryStream(file));
        var nodes = model.Outputs.Select(output => output.Node).ToList();
        var feed = new PlainFeed();
        foreach (var input in model.Inputs) feed[input] = fed[input.Name!];
        var values = PlainReading.ValuesOf(nodes, feed);
        var other = OnnxRuntimeRun.Of(file,
            fed.ToDictionary(one => one.Key, one => (one.Value, ElementType.Float32), StringComparer.Ordinal));
        Assert.Null(Exported.FirstDifference(nodes, values, other, 1e-5));
    }

    [Theory, MemberData(nameof(Names))]
    public void Its_derivatives_are_those_of_differences(string name)
    {
        var (file, fed) = FileOf(name);
        var model = OnnxModel.Load(new MemoryStream(file));
        if (model.Inputs.Count == 0 || model.Outputs[0].Node.ElementType != ElementType.Float32) return;
        var feed = new Feed();
        foreach (var input in model.Inputs)
            feed[input] = DataArray.From(fed[input.Name!].Values.ToArray()).Reshape([.. input.Shape.Select(size => size!.Value)]);
        // As a variable, the first input has a gradient, and its gradient another.
        var w = new Variable("w", model.Inputs[0].Shape, Initializer.Constant(1));
        var y = model.Outputs.Select(output => output.Node).ToArray().Replace(new Dictionary<Placeholder, Node>
        {
            [model.Inputs[0]] = w * model.Inputs[0],
        })[0];
        Assert.True(GradientCheck.Of(y.Power(2).Sum(), feed).IsRight);
        Assert.True(GradientCheck.Of(Gradients.Of(y.Power(3).Sum(), w)[0].Sum(), feed).IsRight);
    }

    [Fact]
    public void Random_numbers_have_their_distribution_and_differ_between_nodes()
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(Declared("p", [1000], DataType.Float));
        graph.Node.Add(Made("RandomNormalLike", ["p"], ["a"], ("mean", 3f), ("scale", 2f)));
        graph.Node.Add(Made("RandomNormalLike", ["p"], ["b"], ("mean", 3f), ("scale", 2f)));
        graph.Node.Add(Made("RandomUniformLike", ["p"], ["c"], ("low", -1f), ("high", 1f)));
        graph.Node.Add(Made("Bernoulli", ["p"], ["d"]));
        foreach (var name in new[] { "a", "b", "c", "d" }) graph.Output.Add(Declared(name, [1000], DataType.Float));
        var model = OnnxModel.Load(new MemoryStream(Model(graph, 15).ToByteArray()));
        float[] shares = [.. Enumerable.Repeat(0.25f, 1000)];
        var values = new Model(losses: default, [.. model.Outputs.Select(output => output.Node)])
            .PredictAll(new Feed { [model.Inputs[0]] = shares }).Select(one => one.ToArray()).ToArray();
        Assert.Equal(3, values[0].Average(), 0.3);
        Assert.Equal(2, Math.Sqrt(values[0].Average(number => Math.Pow(number - values[0].Average(), 2))), 0.3);
        Assert.NotEqual(values[0], values[1]);
        Assert.InRange(values[2].Min(), -1, -0.9);
        Assert.Equal(0, values[2].Average(), 0.1);
        Assert.Equal(0.25, values[3].Average(), 0.06);
        Assert.All(values[3], number => Assert.True(number is 0 or 1));
    }

    [Fact]
    public void Classes_are_drawn_by_their_probabilities()
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(Declared("p", [1, 3], DataType.Float));
        graph.Node.Add(Made("Multinomial", ["p"], ["y"], ("sample_size", 400L)));
        graph.Output.Add(Declared("y", [1, 400], DataType.Int32));
        var model = OnnxModel.Load(new MemoryStream(Model(graph, 15).ToByteArray()));
        var y = new Model(losses: default, predictions: model.Outputs[0].Node).Predict(new Feed
        {
            [model.Inputs[0]] = new float[,] { { MathF.Log(0.5f), MathF.Log(0.375f), MathF.Log(0.125f) } },
        }).ToArray();
        foreach (var (number, share) in new[] { (0, 0.5), (1, 0.375), (2, 0.125) })
            Assert.Equal(share, y.Count(one => one == number) / 400.0, 0.09);
    }

    [Fact]
    public void Boxes_of_a_detector_are_chosen_outside_of_the_graph()
    {
        var boxes = new float[,,] { { { 0, 0, 1, 1 }, { 0, 0.1f, 1, 1.1f }, { 0, 5, 1, 6 } } };
        var scores = new float[,,] { { { 0.6f, 0.9f, 0.3f } } };
        Assert.Equal<ChosenBox>([new(0, 0, 1, 0.9f), new(0, 0, 2, 0.3f)], BoxChoice.Of(boxes, scores, new BoxLimits()));
        Assert.Equal<ChosenBox>([new(0, 0, 1, 0.9f)], BoxChoice.Of(boxes, scores, new BoxLimits { Score = 0.5f }));
        Assert.Equal(3, BoxChoice.Of(boxes, scores, new BoxLimits { Overlap = 0.9f }).Count);
        Assert.Contains("[1, 1, 3]", Assert.Throws<ArgumentException>(
            () => BoxChoice.Of(scores, scores, new BoxLimits())).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_choice_of_boxes_that_are_computed_is_refused_with_what_to_do()
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(Declared("boxes", [1, 3, 4], DataType.Float));
        graph.Input.Add(Declared("scores", [1, 1, 3], DataType.Float));
        graph.Node.Add(Made("Relu", ["scores"], ["positive"]));
        graph.Node.Add(Made("NonMaxSuppression", ["boxes", "positive"], ["chosen"]));
        graph.Output.Add(Declared("chosen", null, DataType.Int64));
        var file = Model(graph, 11).ToByteArray();
        var refusal = Assert.Throws<OnnxException>(() => OnnxModel.Load(new MemoryStream(file))).Message;
        Assert.Contains("'NonMaxSuppression' (NonMaxSuppression)", refusal, StringComparison.Ordinal);
        Assert.Contains("Read the file up to 'boxes' and 'positive' (OnnxImportOptions.Outputs)", refusal, StringComparison.Ordinal);
        Assert.Contains("BoxChoice.Of", refusal, StringComparison.Ordinal);
        var model = OnnxModel.Load(new MemoryStream(file), options: new() { Outputs = ["positive"] });
        Assert.Equal(["scores"], model.Inputs.Select(input => input.Name));
    }

    [Theory]
    [InlineData("NonZero(x)"), InlineData("Compress(x, c)"), InlineData("Unique(x)"), InlineData("NonMaxSuppression(b, s)")]
    [InlineData("Tile(x, n)"), InlineData("Expand(x, n)"), InlineData("Pad(x, n)"), InlineData("ConstantOfShape(n)")]
    [InlineData("Range(one, k, one)"), InlineData("Slice(x, n, n)"), InlineData("Reshape(x, n)"), InlineData("OneHot(c, k, c)")]
    [InlineData("Loop<body = body(int64 i, bool on, float u) => (bool go, float v) { go = Identity(on) v = Exp(u) }>(k, _, x)")]
    public void What_decides_how_many_elements_there_are_is_refused_when_the_file_is_read(string node)
    {
        var text = "(float[a, b] x, bool[a] c, int64[2] n, int64[] k, float[images, boxes, 4] b, float[images, classes, boxes] s) => "
            + $"(float[?, ?] y) <int64[] one = {{1}}> {{ y = {node} }}";
        var refusal = Assert.Throws<OnnxException>(() => OnnxModel.Load(new MemoryStream(OnnxText.Bytes(text)))).Message;
        Assert.Contains("that makes 'y'", refusal, StringComparison.Ordinal);
        Assert.Contains("it is computed from data", refusal, StringComparison.Ordinal);
        Assert.Contains("OnnxImportOptions.", refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_asks_for_derivatives()
    {
        var model = OnnxModel.Load(new MemoryStream(OnnxText.Bytes("""
            (float[n] x, float[n] z) => (float[n] slope)
            { p = Mul(x, x) y = Mul(p, z) slope = ai.onnx.preview.training.Gradient<xs = ["x"], y = "y", zs = ["z"]>(x, z) }
            """)));
        Assert.Equal([2 * 3 * 5, 2 * 4 * 6], new Model(losses: default, predictions: model.Outputs[0].Node).Predict(new Feed
        {
            [model.Inputs[0]] = new float[] { 3, 4 },
            [model.Inputs[1]] = new float[] { 5, 6 },
        }).ToArray());
        Assert.Contains("there is no value 'nowhere'", Assert.Throws<OnnxException>(() => OnnxModel.Load(new MemoryStream(OnnxText.Bytes("""
            (float[n] x) => (float[n] slope) { slope = ai.onnx.preview.training.Gradient<xs = ["x"], y = "nowhere">(x) }
            """)))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Steps_of_optimizers_are_those_of_the_optimizers_here()
    {
        // Two steps of Adam from the file, and two of the library's own, for the loss Σ w².
        var model = OnnxModel.Load(new MemoryStream(OnnxText.Bytes("""
            (float[] rate, int64[] t, float[2] w, float[2] v, float[2] h) => (float[2] w1, float[2] v1, float[2] h1) <float[] two = {2}>
            {
              g = Mul(w, two)
              w1, v1, h1 = ai.onnx.preview.training.Adam<alpha = 0.9, beta = 0.999, epsilon = 1e-8>(rate, t, w, g, v, h)
            }
            """)));
        var step = new Model(losses: default, predictions: [.. model.Outputs.Select(output => output.Node)]);
        float[][] state = [[1, -2], [0, 0], [0, 0]];
        for (var t = 1; t <= 2; t++)
        {
            state = [.. step.PredictAll(new Feed
            {
                [model.Inputs[0]] = 0.1f,
                [model.Inputs[1]] = DataArray.From(new[] { t }).Reshape(),
                [model.Inputs[2]] = state[0],
                [model.Inputs[3]] = state[1],
                [model.Inputs[4]] = state[2],
            }).Select(one => one.ToArray())];
        }
        var own = new Variable("w", [2], Initializer.Constant(1, -2));
        new Model(own.Power(2).Sum(), own, new Adam(0.1f)).Fit(new Feed(), maxIterations: 2);
        for (var i = 0; i < 2; i++) Assert.Equal(own.Values[i], state[0][i], 1e-5f);
    }

    [Fact]
    public void Regions_without_the_number_of_their_map_are_told()
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(Declared("x", [1, 2, 4, 4], DataType.Float));
        graph.Input.Add(Declared("regions", [-1, 4], DataType.Float));
        graph.Input.Add(Declared("maps", [-1], DataType.Int64));
        graph.Node.Add(Made("RoiAlign", ["x", "regions", "maps"], ["y"]));
        graph.Output.Add(Declared("y", null, DataType.Float));
        var model = OnnxModel.Load(new MemoryStream(Model(graph, 16).ToByteArray()));
        var feed = new Feed
        {
            [model.Inputs[0]] = new float[1, 2, 4, 4],
            [model.Inputs[1]] = new float[3, 4],
            [model.Inputs[2]] = new int[2],
        };
        Assert.Contains("as many numbers of maps as regions", Assert.Throws<ShapeException>(
            () => new Model(losses: default, predictions: model.Outputs[0].Node).Predict(feed)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Free_sizes_can_be_fixed_when_a_file_is_read()
    {
        var graph = new GraphProto { Name = "graph" };
        graph.Input.Add(Declared("x", [-1, 3], DataType.Float));
        graph.Node.Add(Made("Relu", ["x"], ["y"]));
        graph.Output.Add(Declared("y", [-1, 3], DataType.Float));
        var file = Model(graph, 17).ToByteArray();
        OnnxModel Load(string name, int size) => OnnxModel.Load(new MemoryStream(file), options: new() { Sizes = { [name] = size } });
        Assert.Equal("[2, 3]", Load("free", 2).Outputs[0].Node.Shape.ToString());
        Assert.Contains("a free size 'fre'", Assert.Throws<OnnxException>(() => Load("fre", 2)).Message, StringComparison.Ordinal);
        Assert.Throws<OnnxException>(() => Load("free", -2));
    }

    private static (byte[] File, Dictionary<string, PlainTensor> Fed) FileOf(string name)
    {
        var (opset, node, inputs) = Cases[name];
        var (graph, fed) = (new GraphProto { Name = "graph" }, new Dictionary<string, PlainTensor>(StringComparer.Ordinal));
        node = node.Clone();
        // What is chosen among must be known when the file is read, as what decides about sizes; data is fed.
        var isKnown = name.StartsWith("NonMax", StringComparison.Ordinal);
        for (var i = 0; i < inputs.Length; i++)
        {
            var (sizes, numbers, type) = inputs[i];
            node.Input.Add($"x{i}");
            if (type == DataType.Float && sizes.Length > 0 && !isKnown)
            {
                graph.Input.Add(Declared($"x{i}", sizes, type));
                fed[$"x{i}"] = new PlainTensor(Shape.OfLongs(sizes), numbers);
                continue;
            }
            var tensor = new TensorProto { Name = $"x{i}", DataType = (int)type };
            tensor.Dims.AddRange(sizes);
            if (type == DataType.Int64) tensor.Int64Data.AddRange(numbers.Select(number => (long)number));
            else tensor.FloatData.AddRange(numbers.Select(number => (float)number));
            graph.Initializer.Add(tensor);
        }
        graph.Node.Add(node);
        foreach (var output in node.Output)
            graph.Output.Add(Declared(output, null, output == "y1" || isKnown ? DataType.Int64 : DataType.Float));
        return (Model(graph, opset).ToByteArray(), fed);
    }

    private static ModelProto Model(GraphProto graph, int opset)
    {
        var model = new ModelProto { IrVersion = 8, Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = opset });
        return model;
    }

    private static ValueInfoProto Declared(string name, long[]? sizes, DataType type)
    {
        var tensor = new TypeProto.Types.Tensor { ElemType = (int)type };
        if (sizes is not null)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(sizes.Select(size => size < 0 ? new TensorShapeProto.Types.Dimension { DimParam = "free" }
                : new TensorShapeProto.Types.Dimension { DimValue = size }));
        }
        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static NodeProto Node(string op, int outputs, params (string Name, object Value)[] attributes) =>
        Made(op, [], [.. Enumerable.Range(0, outputs).Select(i => $"y{i}")], attributes);

    private static NodeProto Made(string op, string[] inputs, string[] outputs, params (string Name, object Value)[] attributes)
    {
        var node = new NodeProto { OpType = op, Name = op };
        node.Input.AddRange(inputs);
        node.Output.AddRange(outputs);
        foreach (var (name, value) in attributes)
        {
            var attribute = new AttributeProto { Name = name };
            switch (value)
            {
                case int or long:
                    (attribute.Type, attribute.I) = (AttributeType.Int, Convert.ToInt64(value, null));
                    break;
                case float number:
                    (attribute.Type, attribute.F) = (AttributeType.Float, number);
                    break;
                case int[] numbers:
                    attribute.Type = AttributeType.Ints;
                    attribute.Ints.AddRange(numbers.Select(number => (long)number));
                    break;
            }
            node.Attribute.Add(attribute);
        }
        return node;
    }

    // Different enough that no two windows have equal maxima, and no derivative is at a corner.
    private static (long[], double[], DataType) Data(params long[] sizes) =>
        (sizes, [.. Enumerable.Range(1, (int)sizes.Aggregate(1L, (a, b) => a * b)).Select(i => (double)MathF.Sin(i * i * 0.37f + i))],
            DataType.Float);

    private static (long[], double[], DataType) Whole(long[] sizes, params double[] numbers) => (sizes, numbers, DataType.Int64);

    private static int[] Of(params int[] numbers) => numbers;

    private static (long[], double[], DataType) Fixed(double number) => ([1], [number], DataType.Float);

    private static (long[], double[], DataType) FixedScalar(double number) => ([], [number], DataType.Float);
}
