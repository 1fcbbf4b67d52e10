namespace SimpleFlow.Playground.Experiments;

/// <summary>What decides a run on digits.</summary>
public sealed record DigitSettings
{
    /// <summary>The number of hidden units.</summary>
    public int Units { get; init; } = 20;

    /// <summary>What each makes of its sum.</summary>
    public ActivationKind Activation { get; init; } = ActivationKind.Relu;

    /// <summary>How gradients change the weights.</summary>
    public OptimizerKind Optimizer { get; init; } = OptimizerKind.Adam;

    /// <summary>The learning rate.</summary>
    public float LearningRate { get; init; } = 0.003f;

    /// <summary>Pictures per step.</summary>
    public int BatchSize { get; init; } = 8;

    /// <summary>The seed of the weights and of the order of the pictures.</summary>
    public ulong Seed { get; init; }
}

/// <summary>A network that learns to read digits.</summary>
public sealed class DigitRun : IDisposable
{
    /// <summary>How often a picture of the reader's counts: a few among thousands would change little.</summary>
    public const int TimesOfAdded = 20;

    /// <summary>After how many pictures the network is tested.</summary>
    public const int PicturesPerTest = 1000;

    private readonly DigitData _data;
    private readonly Placeholder _label = new("digit", [null], ElementType.Int32);
    private DigitSet _train;
    private DigitTest? _test;

    /// <summary>Begins a run.</summary>
    public DigitRun(DigitSettings settings, DigitData data)
    {
        ArgumentNullException.ThrowIfNull(settings);
        ArgumentNullException.ThrowIfNull(data);
        (Settings, _data, _train) = (settings, data, data.Train);
        var hidden = Layers.Dense(Input, settings.Units, Kinds.Of(settings.Activation), Kinds.Fitting(settings.Activation), name: "hidden");
        var scores = Layers.Dense(hidden, DigitData.Classes, name: "scores");
        Loss = Losses.SoftmaxCrossEntropy(scores, _label);
        var model = new Model(Loss, scores, Kinds.Of(settings.Optimizer, settings.LearningRate), seed: settings.Seed, threads: 1);
        Reader = new DigitReader(Input, scores, [.. Enumerable.Range(0, DigitData.Classes).Select(digit => $"{digit}")], hidden);
        Training = new SteppedTraining(model, Rows, null, settings.BatchSize);
        Begin();
    }

    /// <summary>What decides it.</summary>
    public DigitSettings Settings { get; private set; }

    /// <summary>The pictures, 784 pixels each.</summary>
    public Placeholder Input { get; } = new("image", [null, DigitData.Pixels]);

    /// <summary>How wrong the answers are.</summary>
    public Node Loss { get; }

    /// <summary>The network as it is now.</summary>
    public DigitReader Reader { get; }

    /// <summary>Its training.</summary>
    public SteppedTraining Training { get; private set; }

    /// <summary>The results of all tests so far, each with the number of pictures seen before.</summary>
    public List<(long Pictures, DigitReport Report)> Tests { get; } = [];

    /// <summary>How many pictures of the reader's it learns from.</summary>
    public int Added { get; private set; }

    /// <summary>How many pictures it has seen.</summary>
    public long Pictures { get; private set; }

    private Dataset Rows => new() { [Input] = _train.AllImages, [_label] = _train.AllLabels };

    /// <summary>Does the next bit of work: a step, or a part of a test.</summary>
    /// <returns>Whether a test has ended.</returns>
    public bool Advance()
    {
        if (_test is not null)
        {
            _test.Continue(25);
            if (!_test.IsDone) return false;
            Tests.Add((Pictures, _test.Report));
            _test = null;
            return true;
        }
        var before = Pictures / PicturesPerTest;
        Training.MakeStep();
        Pictures += Settings.BatchSize;
        if (Pictures / PicturesPerTest != before) Begin();
        return false;
    }

    /// <summary>Goes on with another rate.</summary>
    public void SetRate(float rate)
    {
        Settings = Settings with { LearningRate = rate };
        Training.Model.Optimizer!.LearningRate = rate;
    }

    /// <summary>Learns from a picture of the reader's too, from now on.</summary>
    public void Add(float[] picture, int label)
    {
        _train = _train.With(picture, label, TimesOfAdded);
        Added++;
        var before = Training;
        Training = new SteppedTraining(before.Model, Rows, null, Settings.BatchSize);
        Training.Continue(before);
        before.Dispose();
    }

    private void Begin() => _test = new DigitTest(Reader, _data.Test);

    /// <inheritdoc/>
    public void Dispose() => Training.Dispose();
}
