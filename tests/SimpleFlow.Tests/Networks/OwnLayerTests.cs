using System.Text.Json.Serialization.Metadata;

namespace SimpleFlow.Tests.Networks;

/// <summary>A layer of a user's own stands in a list of layers and in a saved network like any other.</summary>
public sealed class OwnLayerTests : IDisposable
{
    private readonly Plots.TemporaryFolder _folder = new();

    static OwnLayerTests()
    {
        Layer.Register("scale", ScaleJson.Default.Scale);
        Layer.Register("doubled", DoubledJson.Default.Doubled);
        Activation.Register("twice-tanh", TwiceTanh);
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void It_is_built_with_a_name_of_its_own()
    {
        var x = new Placeholder("x", [null, 3]);
        var output = new Sequential(new Layer.Dense(3), new Scale(2), new Scale(3) { Name = "mine" },
            new Doubled([new Layer.Dense(3), new Scale()])).Build(x);
        Assert.Equal(["dense 1/w", "dense 1/b", "scale 2/factor", "mine/factor", "twice 4/first/dense 1/w", "twice 4/first/dense 1/b",
            "twice 4/first/scale 2/factor", "twice 4/second/dense 1/w", "twice 4/second/dense 1/b", "twice 4/second/scale 2/factor"],
            GraphOrder.Of([output]).OfType<Variable>().Select(variable => variable.Name));
    }

    [Fact]
    public void It_is_written_as_JSON_and_read_back()
    {
        Layer[] layers = [new Scale(2) { Name = "mine", After = Activation.Relu }, new Layer.Dense(4, TwiceTanh),
            new Scale { After = TwiceTanh }];
        var json = new Sequential(layers).ToJson();
        Assert.Contains("""{"layer":"scale","first":2,"after":"relu","name":"mine"}""", json, StringComparison.Ordinal);
        Assert.Contains("\"activation\":\"twice-tanh\"", json, StringComparison.Ordinal);
        Assert.Equal(layers, Sequential.FromJson(json).Layers);
        var nested = new Sequential(new Doubled([new Scale(3), new Layer.Residual(new Scale(4), new Doubled([new Layer.Dense(2)]))]));
        Assert.Equal(nested.ToJson(), Sequential.FromJson(nested.ToJson()).ToJson());
        Assert.Contains("unknown", Assert.Throws<GraphException>(() => Sequential.FromJson("""[{"layer":"scale","unknown":1}]""")).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_saved_network_with_it_predicts_the_same()
    {
        var table =
            CsvTable.Parse("a,b,sum\n" + string.Join('\n', Enumerable.Range(0, 32).Select(i => $"{i % 8},{i / 8},{i % 8 + i / 8}")));
        Layer[] layers = [new Layer.Dense(4, Activation.Tanh), new Scale(2), new Layer.Residual(new Scale { After = TwiceTanh })];
        var network = new Network(new(TableInput.Of(table, "sum", out _), NumberOutput.Of(table, "sum"), layers), new Adam(0.02f));
        network.Model.Fit(network.Dataset(table), epochs: 3, batchSize: 8);
        network.Save(_folder.File("net.safetensors"));
        var loaded = Network.Load(_folder.File("net.safetensors"));
        Assert.Equal(network.Description, loaded.Description);
        Assert.Equal(network.Estimate(table), loaded.Estimate(table));
    }

    [Fact]
    public void One_without_a_name_is_not_written_and_an_unknown_name_is_not_read()
    {
        foreach (Layer layer in new Layer[] { new Unnamed(), new Layer.Residual(new Unnamed()), new Doubled([new Unnamed()]) })
            Assert.Equal("The layer Unnamed has no name in JSON and cannot be saved. Register it first: Layer.Register(\"name\", …).",
                Assert.Throws<GraphException>(new Sequential(layer).ToJson).Message);
        Assert.Contains("line 1, $[0]: There is no layer 'scales'. If it is one of your own, register it before it is read: "
            + "Layer.Register(\"scales\", …). A layer looks like",
            Assert.Throws<GraphException>(() => Sequential.FromJson("""[{"layer":"scales"}]""")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_belongs_to_one_layer_and_a_layer_has_one()
    {
        Layer.Register("scale", ScaleJson.Default.Scale);
        Assert.Equal(("The layer Dense is already called 'dense'. Choose another name.", "kind"),
            Refused("dense", ScaleJson.Default.Scale));
        Assert.Equal(("The layer Scale is already called 'scale'. Choose another name.", "kind"),
            Refused("scale", DoubledJson.Default.Unnamed));
        Assert.Equal(("The layer Scale is already called 'scale', and can have only one name.", "kind"),
            Refused("scale 2", ScaleJson.Default.Scale));
        Assert.Equal(("A layer needs a name in JSON.", "kind"), Refused(" ", DoubledJson.Default.Unnamed));
        Assert.Throws<ArgumentNullException>(() => Layer.Register<Unnamed>("unnamed", null!));

        Activation.Register("twice-tanh", TwiceTanh);
        Assert.StartsWith("There is already an activation 'relu'.",
            Assert.Throws<ArgumentException>(() => Activation.Register("relu", TwiceTanh)).Message, StringComparison.Ordinal);
        Assert.StartsWith("This activation is already called 'relu'",
            Assert.Throws<ArgumentException>(() => Activation.Register("other", Activation.Relu)).Message, StringComparison.Ordinal);
        Assert.StartsWith("An activation needs a name", Assert.Throws<ArgumentException>(() => Activation.Register("", x => x)).Message,
            StringComparison.Ordinal);

        static (string, string?) Refused<T>(string kind, JsonTypeInfo<T> type) where T : Layer
        {
            var error = Assert.Throws<ArgumentException>(() => Layer.Register(kind, type));
            return (error.Message.Split(" (Parameter")[0], error.ParamName);
        }
    }

    [Fact]
    public void A_fault_in_it_is_named()
    {
        static string Message(Func<Node, Node> of) => Assert.Throws<GraphException>(() =>
            new Sequential(new Layer.Flatten(), new Broken(of)).Build(new Placeholder("x", [null, 3]))).Message;
        Assert.Equal("Layer 2, `broken 2`, cannot be built: Build of Broken threw FormatException: it is bad",
            Message(_ => throw new FormatException("it is bad")));
        Assert.Equal("Layer 2, `broken 2`, cannot be built: Build of Broken returned null.", Message(_ => null!));
        Assert.StartsWith("Layer 2, `broken 2`, cannot be built: too small", Message(_ => throw new OverflowException("too small")),
            StringComparison.Ordinal);
    }

    private static Node TwiceTanh(Node x) => x.Tanh() * 2f;
}
