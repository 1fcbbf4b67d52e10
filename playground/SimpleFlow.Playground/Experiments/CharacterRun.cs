namespace SimpleFlow.Playground.Experiments;

/// <summary>A network that learns which character follows the last ones, and writes.</summary>
public sealed class CharacterRun : IDisposable
{
    /// <summary>How many characters it looks back.</summary>
    public const int Context = 12;

    /// <summary>The most characters that it learns from.</summary>
    public const int MostCharacters = 60_000;

    private const int Embedding = 10, Units = 64, BatchSize = 16, MostKinds = 120;

    private readonly Placeholder _input = new("last characters", [null, Context], ElementType.Int32);
    private readonly Vocabulary _vocabulary;
    private readonly int[] _numbers;
    private readonly Queue<int> _last = new();
    private readonly Random _random = new(1);

    /// <summary>Begins with a text.</summary>
    /// <exception cref="DataException">The text is too short, or has too many different characters.</exception>
    public CharacterRun(string text, float rate)
    {
        ArgumentNullException.ThrowIfNull(text);
        text = text.ReplaceLineEndings("\n");
        if (text.Length > MostCharacters) text = text[..MostCharacters];
        if (text.Length < 10 * Context)
            throw new DataException(
                $"The text has {text.Length} characters, and the network needs at least {10 * Context}. Paste more.");
        _vocabulary = Vocabulary.Of(text);
        if (_vocabulary.Count > MostKinds)
            throw new DataException($"The text has {_vocabulary.Count} different characters; this small network learns at most "
                + $"{MostKinds}. Paste a text of an alphabet.");
        _numbers = _vocabulary.Encode(text);
        var next = new Placeholder("next character", [null], ElementType.Int32);
        var embedded = Layers.Embedding(_input, _vocabulary.Count, Embedding).Reshape([null, Context * Embedding]);
        var hidden = Layers.Dense(embedded, Units, Activation.Relu, name: "hidden");
        var scores = Layers.Dense(hidden, _vocabulary.Count, name: "scores");
        var model = new Model(Losses.SoftmaxCrossEntropy(scores, next), scores, new Adam(rate), threads: 1);
        var (inputs, targets) = Windows();
        Training = new SteppedTraining(model, new Dataset { [_input] = inputs, [next] = targets }, null, BatchSize);
        foreach (var number in _numbers.AsSpan(0, Context)) _last.Enqueue(number);
    }

    /// <summary>Its training.</summary>
    public SteppedTraining Training { get; }

    /// <summary>How many different characters there are.</summary>
    public int Kinds => _vocabulary.Count;

    /// <summary>How many characters it learns from.</summary>
    public int Characters => _numbers.Length;

    /// <summary>Writes the next character.</summary>
    /// <param name="temperature">Near 0 it writes the likeliest; at 1 as often as the network says; above that, it is bolder.</param>
    public string Write(float temperature)
    {
        DataArray last = _last.ToArray();
        var scores = Training.Model.Predict(new Feed { [_input] = last.Reshape(1, Context) }).ToArray();
        var (at, left) = (0, _random.NextDouble());
        var probabilities = Probabilities.Of(scores, temperature: temperature);
        while (at < probabilities.Length - 1 && (left -= probabilities[at]) > 0) at++;
        _last.Dequeue();
        _last.Enqueue(at);
        return _vocabulary.Decode([at]);
    }

    private (int[,] Inputs, int[] Targets) Windows()
    {
        var rows = _numbers.Length - Context;
        var inputs = new int[rows, Context];
        for (var row = 0; row < rows; row++)
            for (var i = 0; i < Context; i++) inputs[row, i] = _numbers[row + i];
        return (inputs, _numbers[Context..]);
    }

    /// <inheritdoc/>
    public void Dispose() => Training.Dispose();
}
