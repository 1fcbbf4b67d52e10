using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace SimpleFlow.Tests.Saver;

/// <summary>
/// A training drawn at random, the same for the same seed in every process: a graph of its own or a network for tables, images or texts,
/// with layers, names, characters, optimizer, schedule, callbacks and length as people might have them and nobody would choose them. It can
/// be stopped after some steps, saved, and continued elsewhere; <see cref="Hash"/> tells whether everything is the same.
/// </summary>
public sealed class RandomTraining
{
    // Names that files give something else, that look like what a file puts into names, and letters from everywhere.
    private static readonly string[] Names =
        ["w", "w#2", "w#3", "callback 0/0", "callback 0/0#2", "a/gathered", "a", "a/mean", "iteration", "gathered(0.9)", "learning rate",
            "__metadata__", "sha256", "weights/b", "größe", "размер", "权重", "e\u0301", "😀", "👩‍👩‍👧", "\"quoted\"", "back\\slash",
            "line\nbreak", "\u001b[31m", "ı İ", "0,5", " "];

    private readonly Random _random;
    private readonly Dataset _data, _validation;
    private readonly Schedule? _schedule;
    private readonly int _epochs, _batch, _accumulate, _callbacks;

    public RandomTraining(int seed)
    {
        _random = new Random(seed);
        // A very long history now and then, of small trainings, an epoch of which is a step.
        var isLong = seed % 13 == 0;
        var optimizer = Optimizer();
        (Model, Network, _data, var kind) = _random.Next(isLong ? 2 : 4) switch
        {
            0 => OfGraph(optimizer),
            1 => OfTable(optimizer),
            2 => OfImages(optimizer),
            _ => OfText(optimizer),
        };
        (_epochs, _batch, _accumulate) = isLong ? (_random.Next(500, 1500), _data.Rows, 1)
            : (_random.Next(1, 7), _random.Next(1, 9), _random.Next(1, 4));
        _validation = _data.Take(5);
        _schedule = _random.Next(3) switch { 0 => null, 1 => Schedule.OneCycle(warmUp: 0.25), _ => Schedule.Cosine() };
        // Early stopping would make it short.
        _callbacks = _random.Next(isLong ? 4 : 8);
        What = $"{kind}, {optimizer}, {_epochs} epochs of batches of {_batch}, {_accumulate} accumulated, callbacks {_callbacks}";
    }

    /// <summary>What was drawn.</summary>
    public string What { get; }

    public Model Model { get; }

    /// <summary>The network; null if it is a graph of its own.</summary>
    public Network? Network { get; }

    /// <summary>How many steps it takes.</summary>
    public int Steps => _epochs * ((_data.Rows - 1) / _batch + 1);

    /// <summary>Trains to the end, or until so many batches were seen, and saves everything into a folder.</summary>
    public void Fit(string folder, int? stopAfter = null)
    {
        using var source = new CancellationTokenSource();
        try
        {
            Model.Fit(_data, new FitOptions
            {
                Epochs = _epochs,
                BatchSize = _batch,
                Validation = _validation,
                Schedule = _schedule,
                Callbacks = [.. Callbacks(), new Stopping(stopAfter, source), new Checkpoint(folder, everySteps: Math.Max(3, Steps / 20))],
                Accumulate = _accumulate,
                Resume = folder,
            }, source.Token);
        }
        catch (OperationCanceledException) { }
    }

    /// <summary>What it has come to: variables, history, and what a network that was saved and loaded predicts.</summary>
    public string Hash(Network? loaded)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var variable in Model.Variables) Add(Elements(variable.Values));
        foreach (var epoch in Model.History.Epochs) Add([epoch.Loss, epoch.Validation!.Loss, .. epoch.Validation.Metrics.Values]);
        if (loaded is not null)
        {
            hash.AppendData(Encoding.UTF8.GetBytes(loaded.Description.ToJson()));
            Add(Elements(loaded.Model.Predict(loaded.EncodedDataset(_data.First().Value))));
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset().AsSpan(0, 12));

        static float[] Elements(Tensor<float> tensor)
        {
            var elements = new float[tensor.FlattenedLength];
            tensor.FlattenTo(elements);
            return elements;
        }

        void Add<T>(T[] numbers) where T : unmanaged => hash.AppendData(MemoryMarshal.AsBytes(numbers.AsSpan()));
    }

    private List<Callback> Callbacks()
    {
        var callbacks = new List<Callback>();
        if ((_callbacks & 1) != 0) callbacks.Add(new WeightAverage(0.75f));
        if ((_callbacks & 2) != 0) callbacks.Add(new BestWeights());
        if ((_callbacks & 4) != 0) callbacks.Add(new EarlyStopping(patience: 2, atLeast: 0.125));
        return callbacks;
    }

    private Optimizer Optimizer()
    {
        var rate = 0.001f + 0.01f * _random.NextSingle();
        return _random.Next(7) switch
        {
            0 => new GradientDescent(rate, learningRateDecay: 0.125f),
            1 => new Momentum(rate, 0.85f),
            2 => new Nesterov(rate) { ClipNorm = 1.5f },
            3 => new AdaGrad(rate),
            4 => new RmsProp(rate) { ClipValue = 0.25f },
            5 => new Adam(rate, beta1: 0.8f + 0.1f * _random.NextSingle()),
            _ => new AdamW(rate, weightDecay: 0.05f),
        };
    }

    private (Model, Network?, Dataset, string) OfGraph(Optimizer optimizer)
    {
        var (x, y) = (new Placeholder(Name(), [null, 3]), new Placeholder(Name(), [null, 1]));
        Node node = x;
        var names = new List<string>();
        for (var i = _random.Next(1, 6); i > 0; i--)
        {
            names.Add(Name());
            node = (node.MatMul(new Variable(names[^1], [3, 3])) * 0.5f).Power(2).Tanh();
            if (_random.Next(3) == 0) node = Layers.Dropout(node, 0.25f);
        }
        names.Add(Name());
        var output = node.MatMul(new Variable(names[^1], [3, 1]));
        var rows = 9 + _random.Next(12);
        var data = new Dataset { [x] = Numbers(rows, 3), [y] = Numbers(rows, 1) };
        return (new Model(Losses.MeanSquaredError(output, y), output, optimizer, (output - y).Abs().Mean(), seed: (ulong)_random.Next(),
            threads: 1), null, data, $"a graph of {string.Join(", ", names)}");
    }

    private (Model, Network?, Dataset, string) OfTable(Optimizer optimizer)
    {
        string[] columns = Different(_random.Next(1, 5));
        var width = 0;
        List<TableColumn> all = [];
        foreach (var name in columns)
        {
            all.Add(_random.Next(2) == 0 ? new NumberColumn(name, 0.1 + _random.NextDouble(), 1.5, MayBeMissing: _random.Next(2) == 0)
                : new CategoryColumn(name, Different(3), _random.Next(2) == 0 ? 2 : null));
            width += all[^1].Width;
        }
        var classes = Different(2 + _random.Next(4));
        var isClasses = _random.Next(2) == 0;
        NetworkOutput output = isClasses ? new ClassOutput(Name(), classes) : new NumberOutput(Name(), -0.25, 12.5);
        var network = New(new TableInput(all), output, optimizer,
            [Dense(), new Layer.Residual(new Layer.LayerNorm(), new Layer.Activate(Activation.Silu)), new Layer.Dropout(0.125f)]);
        var rows = 9 + _random.Next(12);
        DataArray targets = isClasses ? Whole(rows, classes.Length) : Numbers(rows, 1);
        return (network.Model, network, network.EncodedDataset(Numbers(rows, width), targets), $"a table of {string.Join(", ", columns)}");
    }

    private (Model, Network?, Dataset, string) OfImages(Optimizer optimizer)
    {
        var classes = Different(2 + _random.Next(3));
        var network = New(new ImageInput(2, 5, 6), new ClassOutput(Name(), classes), optimizer,
            [new Layer.Conv2D(2, 3, Activation.Gelu), new Layer.BatchNorm(0.75f), new Layer.MaxPool2D(), Dense()]);
        var rows = 9 + _random.Next(6);
        return (network.Model, network, network.EncodedDataset(Numbers(rows, 2 * 5 * 6).Reshape(rows, 2, 5, 6),
            Whole(rows, classes.Length)), $"images of {string.Join(", ", classes)}");
    }

    private (Model, Network?, Dataset, string) OfText(Optimizer optimizer)
    {
        var text = string.Concat(Enumerable.Range(0, 60).Select(_ => Name()));
        var vocabulary = Vocabulary.Of(text);
        var network = New(
            new TextInput(vocabulary.Characters, 4), new NextCharacterOutput(vocabulary.Count), optimizer,
            [new Layer.Embedding(vocabulary.Count, 4), new Layer.PositionalEmbedding(), new Layer.TransformerBlock(2, Causal: true),
                new Layer.Gru(3, Sequence: true)]);
        var (pieces, next) = vocabulary.Windows(text, 4);
        return (network.Model, network, network.EncodedDataset(pieces, next).Take(20), $"a text of {vocabulary.Count} characters");
    }

    private Network New(NetworkInput input, NetworkOutput output, Optimizer optimizer, Layer[] layers) =>
        new(new(input, output, layers), optimizer, new TrainingChoices { Seed = (ulong)_random.Next(), Threads = 1 });

    private Layer.Dense Dense() => new(_random.Next(1, 5), Activation.Tanh) { Name = Name() };

    private string Name() => Names[_random.Next(Names.Length)];

    private string[] Different(int count)
    {
        string[] names = [.. Names];
        _random.Shuffle(names);
        return names[..count];
    }

    private DataArray Numbers(int rows, int columns) =>
        DataArray.From(Enumerable.Range(0, rows * columns).Select(_ => _random.NextSingle() - 0.5f).ToArray()).Reshape(rows, columns);

    private DataArray Whole(int rows, int below) => Enumerable.Range(0, rows).Select(_ => _random.Next(below)).ToArray();

    private sealed class Stopping(int? after, CancellationTokenSource source) : Callback
    {
        protected internal override void AfterStep(TrainingRun run)
        {
            if (run.Position.Step + 1 == after) source.Cancel();
        }
    }
}
