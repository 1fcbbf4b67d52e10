using SimpleFlow.Tests.Plots;

namespace SimpleFlow.Tests.Training;

/// <summary>Names that collide with each other, or with what files give names to:
/// what is saved comes back, or is refused before it is trained.</summary>
[Trait("Promise", "6")]
public sealed class SavedNamesTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("w,w,w#2", "w,w#3,w#2")]
    [InlineData("w#2,w,w,w", "w#2,w,w#3,w#4")]
    [InlineData("a,a/mean,a/mean", "a,a/mean,a/mean#2")]
    [InlineData("__metadata__,b", "__metadata__#2,b")]
    [InlineData("callback 0/0,callback 0/0", "callback 0/0,callback 0/0#2")]
    [InlineData("a,a/gathered,iteration,gathered(0.9),learning rate", "a,a/gathered,iteration,gathered(0.9),learning rate")]
    public void Every_variable_has_a_name_of_its_own_and_comes_back(string names, string inFile)
    {
        var first = new Chain(names.Split(','));
        first.Fit(_folder.File("run"), accumulate: 2, epochs: 2);
        first.Model.SaveWeights(_folder.File("weights.npz"));
        first.Model.SaveWeights(_folder.File("weights.safetensors"));
        Assert.Equal(inFile.Split(','), SafetensorsFile.Read(_folder.File("weights.safetensors")).Tensors.Keys);
        foreach (var file in (string[])["weights.npz", "weights.safetensors"])
        {
            var loaded = new Chain(names.Split(','));
            loaded.Model.LoadWeights(_folder.File(file));
            Weights.AssertSame(Weights.Of(first.Model), Weights.Of(loaded.Model));
        }
        var (whole, resumed) = (new Chain(names.Split(',')), new Chain(names.Split(',')));
        whole.Fit(_folder.File("whole"), accumulate: 2, epochs: 4);
        resumed.Fit(_folder.File("run"), accumulate: 2, epochs: 4);
        Weights.AssertSame(Weights.Of(whole.Model), Weights.Of(resumed.Model));
    }

    [Fact]
    public void A_variable_that_is_called_as_gathered_gradients_are_is_missed_like_any_other()
    {
        var model = new Chain(["a", "a/gathered"]).Model;
        model.Save(_folder.File("model"));
        SavedFile.Change(_folder.File("model"), (tensors, _) => tensors.Remove("a/gathered"), to: _folder.File("less"));
        Assert.Contains("`a/gathered` is missing", Assert.Throws<DataException>(() => model.Load(_folder.File("less"))).Message,
            StringComparison.Ordinal);
        SavedFile.Change(_folder.File("model"), (tensors, _) =>
        {
            foreach (var name in (string[])["b/gathered", "callback 7/x"]) tensors.Add(name, new([1], new float[1]));
        }, to: _folder.File("more"));
        Assert.Contains("`b/gathered` is not used here; `callback 7/x` is not used here",
            Assert.Throws<DataException>(() => model.Load(_folder.File("more"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_gathered_over_batches_is_needed_to_go_on()
    {
        new Chain(["a"]).Fit(_folder.File("run"), accumulate: 3, epochs: 2);
        var path = CheckpointFolder.NewestPath(_folder.File("run"))!;
        SavedFile.Change(path, (tensors, _) => tensors.Remove("a/gathered"));
        Assert.Contains("`a/gathered` is missing",
            Assert.Throws<DataException>(() => new Chain(["a"]).Fit(_folder.File("run"), accumulate: 3, epochs: 3)).Message,
            StringComparison.Ordinal);
        new Chain(["a"]).Model.Load(path);          // a model begins with nothing gathered
    }

    [Fact]
    public void What_no_file_can_hold_is_refused_before_it_is_trained()
    {
        const string half = "a\ud83d";
        Assert.Contains("place 2, U+D83D", Assert.Throws<ArgumentException>(() => new Variable(half, [1])).Message,
            StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new Placeholder(half, [1]));
        Assert.Throws<ArgumentException>(() => new Variable("x", [1]).Relu(half));
        Assert.Throws<ArgumentException>(() => new Layer.Dense(1) { Name = half });
        Assert.Throws<ArgumentException>(() => new ClassOutput("kind", ["b", half]));
        Assert.Throws<ArgumentException>(() => new ClassOutput(half, ["b", "c"]));
        Assert.Throws<ArgumentException>(() => new NumberOutput(half, 0, 1));
        Assert.Throws<ArgumentException>(() => new NumberColumn(half, 0, 1, false));
        Assert.Throws<ArgumentException>(() => new CategoryColumn("a", [half]));
        Assert.Throws<ArgumentException>(() => new TextInput(half, 1));
        Assert.Throws<DataException>(() =>
            SafetensorsFile.Write(_folder.File("x"), new Dictionary<string, NamedTensor> { [half] = new([1], [1]) }));
        Assert.Throws<DataException>(() => SafetensorsFile.Write(_folder.File("x"), new Dictionary<string, NamedTensor>(),
            new Dictionary<string, string> { ["a"] = half }));
        Assert.Throws<DataException>(() => NpzFile.Write(_folder.File("x"), new Dictionary<string, DataArray> { [half] = new float[1] }));
        Assert.Empty(Directory.GetFiles(_folder.File()));

        Assert.Contains("65 axes; a variable has at most 64",
            Assert.Throws<ShapeException>(() => new Variable("w", Shape.Create([.. Enumerable.Repeat<long?>(1, 65)]))).Message,
            StringComparison.Ordinal);
        Assert.Throws<DataException>(() => SafetensorsFile.Write(_folder.File("x"),
            new Dictionary<string, NamedTensor> { ["w"] = new([.. Enumerable.Repeat(1L, 65)], [1]) }));
        var most = new Variable("w", Shape.Create([.. Enumerable.Repeat<long?>(1, 64)]));
        var model = new Model(most.Power(2).Sum());
        model.SaveWeights(_folder.File("w.npz"));
        model.LoadWeights(_folder.File("w.npz"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(100)]
    public void Layers_nested_as_deep_as_they_may_be_come_back(int depth)
    {
        var network = new Network(new(new ImageInput(1, 1, 2), new ClassOutput("class", ["a", "b"]), [new Layer.Flatten(), Nested(depth)]));
        network.Save(_folder.File("network"));
        var loaded = Network.Load(_folder.File("network"));
        Assert.Equal(network.Description, loaded.Description);
        Assert.Equal(network.Description.Layers, Sequential.FromJson(new Sequential(network.Description.Layers).ToJson()).Layers);
    }

    [Fact]
    public void Deeper_ones_are_refused()
    {
        Assert.Contains("101 deep; the maximum is 100", Assert.Throws<ArgumentException>(() => Nested(20_000)).Message,
            StringComparison.Ordinal);
        var deep = string.Concat(Enumerable.Repeat("{\"layer\":\"residual\",\"layers\":[", 101)) + "{\"layer\":\"flatten\"}"
            + string.Concat(Enumerable.Repeat("]}", 101));
        Assert.Throws<GraphException>(() => Sequential.FromJson($"[{deep}]"));
        Assert.Throws<GraphException>(() =>
            Sequential.FromJson($"[{string.Concat(Enumerable.Repeat("{\"layer\":\"residual\",\"layers\":[", 3000))}"));
        // A list that grows later cannot make a layer contain itself.
        var list = new List<Layer> { new Layer.Flatten() };
        var residual = new Layer.Residual(list);
        list.Add(residual);
        Assert.Single(residual.Layers);
    }

    [Fact]
    public void Settings_of_a_callback_that_no_file_can_hold_are_refused_before_it_is_trained()
    {
        var x = new Placeholder("x", [null, 1]);
        var model = new Model((x * new Variable("w", [1])).Mean(), optimizer: new Adam(), threads: 1);
        var data = new Dataset { [x] = new float[2, 1] };
        FitOptions Options(string settings) => new() { Epochs = 1, Callbacks = [new Half(settings), new Checkpoint(_folder.File("run"))] };
        Assert.Contains("half a character", Assert.Throws<ArgumentException>(() => model.Fit(data, Options("a\ud800"))).Message,
            StringComparison.Ordinal);
        Assert.Equal(0, model.Iterations);
        model.Fit(data, Options("a 💥"));
    }

    private sealed class Half(string settings) : Callback
    {
        protected internal override string Settings => settings;
    }

    private static Layer Nested(int depth)
    {
        Layer layer = new Layer.Activate(Activation.Tanh);
        for (var i = 0; i < depth; i++) layer = new Layer.Residual(layer);
        return layer;
    }

    /// <summary>A chain of products with variables of given names.</summary>
    private sealed class Chain
    {
        private readonly Placeholder _x = new("x", [null, 2]), _y = new("y", [null, 2]);

        public Chain(string[] names)
        {
            var node = names.Aggregate((Node)_x, (before, name) => before.MatMul(new Variable(name, [2, 2])).Tanh());
            Model = new Model(Losses.MeanSquaredError(node, _y), node, new Adam(0.01f, beta1: 0.9f), threads: 1);
        }

        public Model Model { get; }

        public void Fit(string folder, int accumulate, int epochs)
        {
            DataArray Numbers(int shift) =>
                DataArray.From(Enumerable.Range(0, 14).Select(i => (i * 5 + shift) % 7 / 7f).ToArray()).Reshape(7, 2);
            Model.Fit(new Dataset { [_x] = Numbers(0), [_y] = Numbers(3) }, new FitOptions
            {
                Epochs = epochs,
                BatchSize = 2,
                Callbacks = [new WeightAverage(), new BestWeights(), new Checkpoint(folder, everySteps: 1)],
                Accumulate = accumulate,
                Resume = folder,
            });
        }
    }
}
