using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Tests.Onnx;

/// <summary>A network from an ONNX file as the first layer of another one: cut, saved, loaded, frozen, thawed and refused.</summary>
public sealed class OnnxBodyTests : IDisposable
{
    private const int Side = 8;
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("simpleflow-body-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void A_saved_network_has_its_body_and_predicts_the_same_bits_without_the_file()
    {
        var path = Written(out _);
        var network = Of(OnnxBody.Load(path));
        network.Model.Fit(Rows(network), epochs: 2, batchSize: 6);
        var saved = Path.Combine(_folder.FullName, "network.safetensors");
        network.Save(saved);
        File.Delete(path);
        var again = Network.Load(saved);
        Assert.Equal(network.Description, again.Description);
        Assert.Equal(Scores(network), Scores(again));
    }

    [Fact]
    public void The_weights_of_a_large_layer_are_beside_the_description_and_not_in_it()
    {
        var body = OnnxBody.Load(Written(out var classifier, channels: 80));
        // 80 · 80 · 9 numbers of the second convolution alone.
        Assert.InRange(body.Graph.Length, 1, 30_000);
        var network = Of(body);
        var variable = Assert.Single(network.Model.Variables, one => one.Name == "body 1/second/w");
        Assert.Equal(Assert.Single(classifier.Variables, one => one.Name == "second/w").Values.ToArray(), variable.Values.ToArray());
        var saved = Path.Combine(_folder.FullName, "large.safetensors");
        network.Save(saved);
        Assert.Equal(Scores(network), Scores(Network.Load(saved)));
    }

    [Fact]
    public void By_default_a_classifier_is_cut_before_its_last_dense_layer()
    {
        var path = Written(out var classifier);
        var network = Of(OnnxBody.Load(path));
        Assert.Equal("[?, 6]", Features(network).Shape.ToString());
        var rows = Pixels(5);
        var expected = new Model(losses: [], predictions: [classifier.Hidden]).Predict(new Feed { [classifier.Input] = rows });
        var actual = new Model(losses: [], predictions: [Features(network)]).Predict(new Feed { [network.Input] = rows });
        Assert.Equal(expected.ToArray(), actual.ToArray());
    }

    [Fact]
    public void Weights_that_are_written_as_nodes_are_cut_and_stored_as_others()
    {
        var path = Written(out _, channels: 80);
        var body = OnnxBody.Load(path);
        var proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        foreach (var tensor in proto.Graph.Initializer.Where(one => one.DataType == 1 && one.Dims.Count > 0).ToList())
        {
            proto.Graph.Initializer.Remove(tensor);
            var node = new NodeProto { OpType = "Constant", Output = { tensor.Name } };
            node.Attribute.Add(new AttributeProto { Name = "value", Type = AttributeProto.Types.AttributeType.Tensor, T = tensor });
            proto.Graph.Node.Insert(0, node);
        }
        File.WriteAllBytes(path, proto.ToByteArray());
        var asNodes = OnnxBody.Load(path);
        Assert.Equal(body.CutAt, asNodes.CutAt);
        Assert.InRange(asNodes.Graph.Length, 1, 30_000);
        var (network, other) = (Of(body), Of(asNodes));
        var rows = Pixels(3);
        Assert.Equal(new Model(losses: [], predictions: [Features(network)]).Predict(new Feed { [network.Input] = rows }).ToArray(),
            new Model(losses: [], predictions: [Features(other)]).Predict(new Feed { [other.Input] = rows }).ToArray());
    }

    [Fact]
    public void Features_with_rows_and_columns_become_the_mean_of_each_channel()
    {
        var network = Of(OnnxBody.Load(Written(out var classifier), cut: "pooled"));
        Assert.Equal("[?, 4]", Features(network).Shape.ToString());
        var rows = Pixels(3);
        var pooled = new Model(losses: [], predictions: [classifier.Pooled.Mean([2, 3])]).Predict(new Feed { [classifier.Input] = rows });
        Assert.Equal(pooled.ToArray(), new Model(losses: [], predictions: [Features(network)]).Predict(new Feed { [network.Input] = rows })
            .ToArray());
    }

    [Fact]
    public void A_body_is_frozen_unless_it_is_told_to_train_and_then_at_a_rate_of_its_own()
    {
        var body = OnnxBody.Load(Written(out _));
        var (frozen, trained) = (Of(body), Of(body with { IsTrained = true }));
        var slow = Of(body with { IsTrained = true }, new Adam(0.01f) { Groups = [new VariableGroup(IsOfBody, rateFactor: 0)] });
        Assert.False(Moves(frozen));
        Assert.True(Moves(trained));
        Assert.False(Moves(slow));

        static bool Moves(Network network)
        {
            List<Variable> weights = [.. network.Model.Variables.Where(IsOfBody)];
            var statistics = weights.Where(one => !one.IsTrainable).ToList();
            var (before, averages) = (weights.ToVector(), statistics.ToVector());
            var head = network.Model.Variables.Except(weights).ToList();
            var own = head.ToVector();
            network.Model.Fit(Rows(network), epochs: 1, batchSize: 6);
            Assert.NotEqual(own, head.ToVector());
            Assert.Equal(averages, statistics.ToVector());
            return !before.SequenceEqual(weights.ToVector());
        }
    }

    [Fact]
    public void Pixels_are_standardised_and_reversed_as_the_body_wants_them()
    {
        var path = Written(out var classifier, colours: 3);
        var body = OnnxBody.Load(path) with { Mean = [0.1f, 0.2f, 0.3f], Deviation = [0.5f], IsReversed = true };
        var network = Of(body, colours: 3);
        var (rgb, prepared) = (new float[1, 3, Side, Side], new float[1, 3, Side, Side]);
        for (var i = 0; i < 3 * Side * Side; i++)
        {
            var (channel, row, column) = (i / (Side * Side), i / Side % Side, i % Side);
            rgb[0, channel, row, column] = i * 0.37f % 1;
            prepared[0, 2 - channel, row, column] = (rgb[0, channel, row, column] - 0.1f * (channel + 1)) / 0.5f;
        }
        var expected = new Model(losses: [], predictions: [classifier.Hidden]).Predict(new Feed { [classifier.Input] = prepared })
            .ToArray();
        var actual = new Model(losses: [], predictions: [Features(network)]).Predict(new Feed { [network.Input] = rgb }).ToArray();
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], actual[i], 1e-5f);
        Assert.Throws<ArgumentException>(() => body with { Deviation = [0] });
        Assert.Contains("2 numbers", Assert.Throws<OnnxException>(() => Of(body with { Mean = [0, 0] }, colours: 3)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_fixes_one_row_is_freed_from_that_and_the_network_is_written_again()
    {
        var path = Written(out _);
        var proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        proto.Graph.Input[0].Type.TensorType.Shape.Dim[0] = new TensorShapeProto.Types.Dimension { DimValue = 1 };
        File.WriteAllBytes(path, proto.ToByteArray());
        var network = Of(OnnxBody.Load(path));
        Assert.Null(network.Model.Predictions[0].Shape[0]);
        var written = Path.Combine(_folder.FullName, "again.onnx");
        network.ExportOnnx(written);
        var again = OnnxModel.Load(written);
        var model = new Model(losses: [], predictions: [again.Outputs[0].Node]);
        var expected = new Model(losses: [], predictions: [network.Model.Predictions[0].Softmax()])
            .Predict(new Feed { [network.Input] = Pixels(4) });
        Assert.Equal(expected.ToArray(), model.Predict(new Feed { [again.Inputs[0]] = Pixels(4) }).ToArray());
    }

    [Fact]
    public void A_loaded_network_that_begins_again_keeps_its_frozen_body()
    {
        var network = Saved(OnnxBody.Load(Written(out _, channels: 80)));
        List<Variable> body = [.. network.Model.Variables.Where(IsOfBody)];
        var (before, head) = (body.ToVector(), network.Model.Variables.Except(body).ToList());
        network.Model.Fit(Rows(network), epochs: 1, batchSize: 6);
        var trained = head.ToVector();
        network.Model.Reset(3);
        Assert.Equal(before, body.ToVector());
        Assert.NotEqual(trained, head.ToVector());
    }

    [Fact]
    public void A_loaded_network_that_has_trained_its_body_cannot_begin_again_and_is_unchanged()
    {
        var network = Saved(OnnxBody.Load(Written(out _, channels: 80)) with { IsTrained = true });
        network.Model.Reset(3);
        network.Model.Fit(Rows(network), epochs: 1, batchSize: 6);
        var before = network.Model.Variables.ToVector();
        var refusal = Assert.Throws<GraphException>(() => network.Model.Reset(3)).Message;
        Assert.Contains("`body 1/second/w` began with the numbers of a saved network", refusal, StringComparison.Ordinal);
        Assert.Equal(before, network.Model.Variables.ToVector());
    }

    [Fact]
    public void A_body_that_is_damaged_in_a_saved_network_is_told() => Assert.Contains("not Base64",
        Assert.Throws<OnnxException>(() => Of(new OnnxBody("no graph!"))).Message, StringComparison.Ordinal);

    [Fact]
    public void What_is_no_body_is_refused()
    {
        var path = Written(out _);
        Assert.Contains("no value 'poled'", Refused(path, "poled"), StringComparison.Ordinal);
        Assert.Contains("Did you mean 'pooled'?", Refused(path, "poled"), StringComparison.Ordinal);

        var table = Path.Combine(_folder.FullName, "table.onnx");
        var x = new Placeholder("x", [null, 4]);
        new Model(losses: [], predictions: [Layers.Dense(x, 2)]).ExportOnnx(table);
        Assert.StartsWith("table.onnx: the file takes no pictures", Refused(table), StringComparison.Ordinal);

        // An op that is not supported is no matter behind the cut.
        var proto = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path));
        proto.Graph.Node[^1].OpType = "Magic";
        File.WriteAllBytes(path, proto.ToByteArray());
        Assert.Equal("pooled", OnnxBody.Load(path, "pooled").CutAt);
        Assert.Contains("Magic, 1 ×", Refused(path), StringComparison.Ordinal);
        Assert.Contains("gets", Assert.Throws<OnnxException>(() => Of(OnnxBody.Load(path, "pooled"), colours: 3)).Message,
            StringComparison.Ordinal);
    }

    private static string Refused(string path, string? cut = null) => Assert.Throws<OnnxException>(() => OnnxBody.Load(path, cut)).Message;

    private static bool IsOfBody(Variable variable) => variable.Name!.StartsWith("body 1/", StringComparison.Ordinal);

    private static Network Of(OnnxBody body, Optimizer? optimizer = null, int colours = 1) => new(
        new(new ImageInput(colours, Side, Side), new ClassOutput("kind", ["a", "b", "c"]), [body]), optimizer ?? new Adam(0.01f),
        new() { Seed = 1 });

    private Network Saved(OnnxBody body)
    {
        var path = Path.Combine(_folder.FullName, "saved.safetensors");
        Of(body).Save(path);
        return Network.Load(path, optimizer: new Adam(0.01f));
    }

    private static Node Features(Network network) => network.Model.Graph.Order.Single(node => node.Name == "body 1");

    private static float[] Scores(Network network) => [.. network.Model.Predict(new Feed { [network.Input] = Pixels(7) })];

    private static float[,,,] Pixels(int count)
    {
        var pixels = new float[count, 1, Side, Side];
        for (var i = 0; i < pixels.Length; i++) pixels[i / (Side * Side), 0, i / Side % Side, i % Side] = i * 0.37f % 1;
        return pixels;
    }

    private static Dataset Rows(Network network) =>
        network.EncodedDataset(Pixels(12), Enumerable.Range(0, 12).Select(i => i % 3).ToArray());

    /// <summary>A small classifier of pictures, as a program of somebody else would have written it.</summary>
    private sealed record Classifier(Placeholder Input, Node Pooled, Node Hidden, IReadOnlyList<Variable> Variables);

    private string Written(out Classifier classifier, int channels = 4, int colours = 1)
    {
        var x = new Placeholder("image", [null, colours, Side, Side]);
        var norm = Layers.BatchNorm(Layers.Conv2D(x, channels, 3, name: "first"), name: "norm").Relu("active");
        var second = Layers.Conv2D(norm, channels, 3, Activation.Relu, name: "second");
        var pooled = second.MaxPool2D(2, name: "pooled");
        var hidden = Layers.Dense(pooled.Flatten(), 6, Activation.Relu, name: "hidden");
        var scores = Layers.Dense(hidden, 5, name: "scores");
        var model = new Model(losses: [], predictions: [scores.Softmax(name: "probabilities")], seed: 4);
        var path = Path.Combine(_folder.FullName, "classifier.onnx");
        model.ExportOnnx(path);
        classifier = new Classifier(x, pooled, hidden, scores.Variables());
        return path;
    }
}
