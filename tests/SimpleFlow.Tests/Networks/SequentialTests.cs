namespace SimpleFlow.Tests.Networks;

/// <summary>Networks as lists of layers, in C# and in JSON.</summary>
public class SequentialTests
{
    private static readonly Layer[] Images =
        [
        new Layer.Conv2D(4, 3, Activation.None) { Name = "first" }, new Layer.BatchNorm(), new Layer.Activate(Activation.Relu),
        new Layer.MaxPool2D(),
        new Layer.Residual(new Layer.Conv2D(4, 3, Activation.Gelu), new Layer.GroupNorm(2)), new Layer.ConvTranspose2D(2, 2, Stride: 2),
        new Layer.AveragePool2D(2),
        new Layer.Conv2D(4, 3, Stride: 2, Groups: 2), new Layer.GlobalAveragePool(), new Layer.Reshape(2, 2), new Layer.Flatten(),
        new Layer.Dropout(0.1f), new Layer.Dense(3, Activation.Softmax),
    ];

    private static readonly Layer[] Characters =
        [
        new Layer.Embedding(11, 8), new Layer.PositionalEmbedding(), new Layer.SinusoidalPositions(),
        new Layer.MultiHeadAttention(2, Causal: true, DropoutRate: 0.2f),
            new Layer.TransformerBlock(2, 16, Causal: true, DropoutRate: 0.1f),
        new Layer.SoftClip(2), new Layer.LayerNorm(), new Layer.RmsNorm(), new Layer.Rnn(6, Sequence: true),
        new Layer.Lstm(5, Sequence: true, Reverse: true), new Layer.Gru(4), new Layer.Dense(2),
    ];

    private static readonly Layer[] Optional =
        [
        new Layer.Conv1D(5, 3, Activation.Tanh, 2, 1, 2, UseBias: false), new Layer.Conv2D(4, 3, UseBias: false),
        new Layer.ConvTranspose2D(2, 2, UseBias: false), new Layer.Dense(3, UseBias: false), new Layer.PRelu(PerChannel: true, Slope: 0.1f),
        new Layer.InstanceNorm(Scale: false, Shift: false), new Layer.GroupNorm(2, Scale: false),
        new Layer.BatchNorm(Shift: false, TrackStatistics: false), new Layer.LayerNorm(LastAxes: 2, Shift: false),
        new Layer.RmsNorm(Scale: false), new Layer.Activate(Activation.HardSwish), new Layer.Embedding(5, 3, PaddingIndex: 0),
        new Layer.Dropout(0.1f, WholeChannels: true), new Layer.ConvTranspose2D(2, 2, Dilation: 2),
        new Layer.TransformerBlock(2, Activation: Activation.Relu, PostNorm: true),
    ];

    [Fact]
    public void Options_that_are_off_are_not_written()
    {
        Assert.Equal(Optional, Sequential.FromJson(new Sequential(Optional).ToJson()).Layers);
        // What version 0.1.0 wrote.
        Assert.Equal("""[{"layer":"dense","units":3,"activation":"relu"},{"layer":"batch-norm","momentum":0.9,"epsilon":1E-05},"""
            + """{"layer":"layer-norm","epsilon":1E-05},{"layer":"rms-norm","epsilon":1E-05},"""
            + """{"layer":"group-norm","groups":2,"epsilon":1E-05},{"layer":"embedding","count":5,"size":3},"""
            + """{"layer":"dropout","rate":0.5},{"layer":"transformer","heads":2,"causal":false,"dropoutRate":0}]""",
            new Sequential(new Layer.Dense(3, Activation.Relu), new Layer.BatchNorm(), new Layer.LayerNorm(), new Layer.RmsNorm(),
                new Layer.GroupNorm(2), new Layer.Embedding(5, 3), new Layer.Dropout(), new Layer.TransformerBlock(2)).ToJson());
    }

    [Fact]
    public void Layers_follow_each_other()
    {
        var image = new Placeholder("image", [null, 1, 8, 8]);
        var last = new Sequential(Images).Build(image);
        Assert.Equal([null, 3], last.Shape);
        string[] names = [.. GraphOrder.Of([last]).OfType<Variable>().Select(variable => variable.Name!)];
        Assert.Contains("first/w", names);
        Assert.Contains("residual 5/conv 1/w", names);
        Assert.Contains("dense 13/w", names);
        Assert.Equal(names.Length, names.Distinct().Count());
        Assert.Equal([null, 2], new Sequential(Characters).Build(new Placeholder("text", [null, 7], ElementType.Int32)).Shape);
        Assert.Equal([null, 5], new Sequential(new Layer.Conv1D(5, 3, Padding: 1), new Layer.Flatten(), new Layer.Dense(5))
            .Build(new Placeholder("x", [null, 2, 9])).Shape);
        Assert.Throws<ShapeException>(() => new Sequential(new Layer.MaxPool2D()).Build(new Placeholder("x", [null, 4])));
    }

    [Theory]
    [InlineData(99)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(130)]
    [InlineData(2_500)]
    public void Layers_nested_too_deep_are_refused_before_the_stack_ends(int depth)
    {
        var json = string.Concat(Enumerable.Repeat("[{\"layer\":\"residual\",\"layers\":", depth)) + "[{\"layer\":\"dense\",\"units\":3}]"
            + string.Concat(Enumerable.Repeat("}]", depth));
        Exception? refused = null;
        var thread = new Thread(() => refused = Record.Exception(() =>
        {
            var read = Sequential.FromJson(json);
            read.Build(new Placeholder("x", [null, 3]));
            Assert.Equal(Sequential.FromJson(read.ToJson()).Layers, read.Layers);
        }), 256 << 10);
        thread.Start();
        thread.Join();
        if (depth <= 100) Assert.Null(refused);
        else Assert.Contains("100", Assert.IsType<GraphException>(refused).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Json_says_all_there_is_to_say()
    {
        foreach (Layer[] layers in (Layer[][])[Images, Characters, [new Layer.Conv1D(5, 3, Activation.Tanh, 2, 1, 2)]])
            Assert.Equal(layers, Sequential.FromJson(new Sequential(layers).ToJson()).Layers);
        var read = Sequential.FromJson("""
            [
              // two layers
              { "units": 64, "layer": "dense", "activation": "leaky-relu" },
              { "layer": "dropout", "rate": 0.25 },
            ]
            """);
        Assert.Equal([new Layer.Dense(64, Activation.LeakyRelu), new Layer.Dropout(0.25f)], read.Layers);
    }

    [Fact]
    public void Rates_that_were_written_as_shares_are_read()
    {
        var read = Sequential.FromJson("""
            [{"layer":"dropout","share":0.25},{"layer":"dropout"},{"dropoutShare":0.1,"layer":"transformer","heads":2}]
            """);
        Assert.Equal([new Layer.Dropout(0.25f), new Layer.Dropout(), new Layer.TransformerBlock(2, DropoutRate: 0.1f)], read.Layers);
        Assert.DoesNotContain("hare", read.ToJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_of_ones_own_is_built_and_not_written()
    {
        var layers = new Sequential(new Layer.Dense(3, x => x * 2f), new Layer.Activate(x => x.LeakyRelu(0.2f)));
        Assert.Equal([null, 3], layers.Build(new Placeholder("x", [null, 2])).Shape);
        Assert.Contains("has no name to write", Assert.Throws<GraphException>(layers.ToJson).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_layer_can_be_written()
    {
        var kinds = typeof(Layer).GetNestedTypes().Where(type => type.IsSubclassOf(typeof(Layer))).ToHashSet();
        Layer[] written = [.. Images, .. Characters, .. Optional];
        Assert.Empty(kinds.Except(written.SelectMany(layer =>
            layer is Layer.Residual residual ? [layer, .. residual.Layers] : (Layer[])[layer]).Select(layer => layer.GetType())));
    }

    [Theory]
    [InlineData("", "not a list of layers")]
    [InlineData("null", "at least one")]
    [InlineData("[]", "at least one")]
    [InlineData("[null]", "Item 0 of the list is null")]
    [InlineData("{}", "not a list of layers")]
    [InlineData("""[{"layer": "dens", "units": 3}]""", "dens")]
    [InlineData("""[{"units": 3}]""", "not a list of layers")]
    [InlineData("""[{"layer": "dense"}]""", "units")]
    [InlineData("""[{"layer": "dense", "units": 3, "colour": 1}]""", "colour")]
    [InlineData("""[{"layer": "dense", "units": 3.5}]""", "line 1, $[0].units")]
    [InlineData("""[{"layer": "dense", "units": 3, "activation": "rule"}]""", "$[0].activation")]
    public void What_is_not_understood_is_refused_with_its_place(string json, string words) =>
        Assert.Contains(words, Assert.Throws<GraphException>(() => Sequential.FromJson(json)).Message, StringComparison.Ordinal);
}
