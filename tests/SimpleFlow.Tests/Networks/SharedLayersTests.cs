namespace SimpleFlow.Tests.Networks;

/// <summary>Layers that are made once and applied several times.</summary>
public class SharedLayersTests
{
    private readonly Placeholder _left = new("left", [null, 3]), _right = new("right", [null, 3]);

    private readonly Feed _feed;

    public SharedLayersTests() => _feed = new Feed
    {
        [_left] = new float[,] { { 1, 2, -1 }, { 0.5f, -2, 3 } },
        [_right] = new float[,] { { -1, 0.5f, 2 }, { 4, 1, -0.5f } },
    };

    [Fact]
    public void Both_towers_have_the_weights_of_one_and_get_the_gradients_of_both()
    {
        var tower = new SharedLayers(new Layer.Dense(4, Activation.Tanh), new Layer.Dense(2));
        var distance = (tower.Apply(_left) - tower.Apply(_right)).Power(2).Mean();
        var model = new Model(distance, distance, new GradientDescent(0.1f, 0));
        Assert.Equal(["dense 1/b", "dense 1/w", "dense 2/b", "dense 2/w"],
            model.Variables.Select(variable => variable.Name).Order(StringComparer.Ordinal));
        Assert.Equal(tower.Variables, model.Variables);

        // The same written by hand, from the same first values.
        var byName = tower.Variables.ToDictionary(variable => variable.Name!, variable =>
            new Variable(variable.Name!, variable.Shape, Initializer.Constant(variable.Values)), StringComparer.Ordinal);
        Node Tower(Node x) =>
            (x.MatMul(byName["dense 1/w"]) + byName["dense 1/b"]).Tanh().MatMul(byName["dense 2/w"]) + byName["dense 2/b"];
        var written = (Tower(_left) - Tower(_right)).Power(2).Mean();
        var other = new Model(written, written, new GradientDescent(0.1f, 0));
        Assert.Equal(other.PredictScalar(_feed), model.PredictScalar(_feed));
        model.Fit(_feed, 5);
        other.Fit(_feed, 5);
        Assert.All(tower.Variables, variable =>
            Assert.Equal(Elements(byName[variable.Name!]), Elements(variable)));
        Assert.Contains(tower.Variables, variable => Elements(variable).Any(element => element != 0));
    }

    private static float[] Elements(Variable variable) => variable.Values.ToArray();

    [Fact]
    public void A_decoder_is_used_alone_with_the_weights_it_was_trained_with()
    {
        var decoder = new SharedLayers(x => Layers.Dense(x, 3, Activation.Sigmoid, name: "decoder"));
        var code = Layers.Dense(_left, 2, Activation.Tanh, name: "encoder");
        var decoded = decoder.Apply(code);
        var trained = new Model((decoded - _left).Power(2).Mean(), [decoded, code], new Adam(0.05f));
        trained.Fit(_feed, 20);
        var z = new Placeholder("z", [null, 2]);
        var alone = new Model(default, decoder.Apply(z));
        var both = trained.PredictAll(_feed);
        var codes = both[1].ToArray();
        Assert.Equal(both[0].ToArray(), alone.Predict(new Feed { [z] = DataArray.From(codes).Reshape(2, 2) }).ToArray());
    }

    [Fact]
    public void What_a_function_shares_with_others_stays_shared()
    {
        var table = new Variable("table", [5, 4]);
        var indices = new Placeholder("indices", [null], ElementType.Int32);
        var tied = new SharedLayers(x => Layers.Dense(x, 4, name: "hidden").MatMul(table, transposeRight: true));
        var scores = tied.Apply(table.Gather(indices));
        var again = tied.Apply(new Placeholder("vector", [null, 4]));
        Assert.Same(Single(scores, "table"), Single(again, "table"));
        Assert.Same(Single(scores, "hidden/w"), Single(again, "hidden/w"));

        static Node Single(Node node, string name) => GraphOrder.Of([node]).Single(one => one.Name == name && one is Variable);
    }

    [Fact]
    public void Sequences_of_other_lengths_use_the_same_cell()
    {
        var reader = new SharedLayers(new Layer.Lstm(3));
        var (shorter, longer) = (new Placeholder("shorter", [null, 2, 2]), new Placeholder("longer", [null, 5, 2]));
        var model = new Model(default, [reader.Apply(shorter), reader.Apply(longer)]);
        Assert.Equal(reader.Variables.Count, model.Variables.Count);
        var zeros = new Feed
        {
            [shorter] = DataArray.From(new float[4]).Reshape(1, 2, 2),
            [longer] = DataArray.From(new float[10]).Reshape(1, 5, 2),
        };
        Assert.All(model.PredictAll(zeros), state => Assert.Equal(3, state.FlattenedLength));
    }

    [Fact]
    public void The_averages_of_batch_norm_follow_each_use_in_turn()
    {
        var norm = new SharedLayers(new Layer.BatchNorm(Momentum: 0.5f));
        var loss = (norm.Apply(_left) + norm.Apply(_right)).Power(2).Mean();
        var model = new Model(loss, optimizer: new GradientDescent(0, 0));
        model.Fit(_feed, 1);
        float[] left = [0.75f, 0, 1], right = [1.5f, 0.75f, 0.75f];
        Assert.Equal(left.Zip(right, (first, second) => 0.5f * (0.5f * 0 + 0.5f * first) + 0.5f * second),
            Elements(norm.Variables.Single(variable => variable.Name!.EndsWith("/mean", StringComparison.Ordinal))));
    }

    [Fact]
    public void Each_use_drops_out_elements_of_its_own()
    {
        var layers = new SharedLayers(new Layer.Dropout(0.5f));
        var (first, second) = (layers.Apply(_left), layers.Apply(_left));
        var _ = new Model(default, [first, second]);
        Assert.Empty(layers.Variables);
        Assert.Equal(2, new[] { first, second }.Select(node => ((Dropout)((Operation)node).Op).Stream).Distinct().Count());
    }

    [Fact]
    public void An_input_that_needs_other_variables_is_refused_by_name()
    {
        var layers = new SharedLayers(new Layer.Dense(2));
        layers.Apply(_left);
        var refused = Assert.Throws<ShapeException>(() => layers.Apply(new Placeholder("wide", [null, 7])));
        Assert.Contains("`wide`", refused.Message, StringComparison.Ordinal);
        Assert.Contains("`dense 1/w` would have the shape [7, 2]; it was made with [3, 2]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_function_that_makes_other_variables_the_second_time_is_refused_by_name()
    {
        var calls = 0;
        var layers = new SharedLayers(x => Layers.Dense(x, 2, name: $"call {++calls}"));
        layers.Apply(_left);
        var refused = Assert.Throws<GraphException>(() => layers.Apply(_right));
        Assert.Contains("`call 2/w` where they first had `call 1/w`", refused.Message, StringComparison.Ordinal);
        var growing = new SharedLayers(x => ++calls > 3 ? Layers.Dense(x, 3) : x);
        growing.Apply(_left);
        Assert.Contains("no further variable", Assert.Throws<GraphException>(() => growing.Apply(_right)).Message,
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_model_with_shared_layers_is_saved_and_continues()
    {
        Model Made()
        {
            var tower = new SharedLayers(new Layer.Dense(4, Activation.Relu), new Layer.BatchNorm(), new Layer.Dense(1));
            return new Model((tower.Apply(_left) - tower.Apply(_right) - 1f).Power(2).Mean(), optimizer: new Adam());
        }
        var path = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid()}.safetensors");
        try
        {
            var (first, second) = (Made(), Made());
            first.Fit(_feed, 3);
            first.Save(path);
            second.Load(path);
            Assert.Equal(first.Fit(_feed, 3).Loss, second.Fit(_feed, 3).Loss);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void A_function_that_returns_null_is_refused() =>
        Assert.Contains("returned null", Assert.Throws<GraphException>(() => new SharedLayers(_ => null!).Apply(_left)).Message,
            StringComparison.Ordinal);
}
