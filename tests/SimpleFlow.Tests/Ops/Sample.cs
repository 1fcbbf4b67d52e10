namespace SimpleFlow.Tests.Ops;

/// <summary>What one placeholder of a sample is declared as, and which values it is fed.</summary>
internal sealed record Input(Shape Shape, ElementType Type = ElementType.Float32, bool IsPositive = false, int From = 0, int Below = 0)
{
    /// <summary>Floats of both signs.</summary>
    public static Input Any(Shape shape) => new(shape);

    /// <summary>Floats above zero.</summary>
    public static Input Positive(Shape shape) => new(shape, IsPositive: true);

    /// <summary>Indices of a table of this length.</summary>
    public static Input Index(Shape shape, int below) => new(shape, ElementType.Int32, Below: below);

    /// <summary>Whole numbers of both signs, smaller than this.</summary>
    public static Input Whole(Shape shape, int below) => new(shape, ElementType.Int32, From: 1 - below, Below: below);
}

/// <summary>What the placeholders of a graph are fed, in float64. Nodes are equal to themselves
/// alone, so an ordinary dictionary will do.</summary>
internal sealed class PlainFeed : Dictionary<Placeholder, PlainTensor>
{
    public PlainFeed() { }

    public PlainFeed(PlainFeed other) : base(other) { }
}

/// <summary>A small graph in which an op stands, with values that keep away from its corners.
/// All unknown sizes of a feed are equal.</summary>
/// <param name="name">What the sample is about.</param>
/// <param name="inputs">The graph's placeholders.</param>
/// <param name="build">The graph.</param>
/// <param name="unknown">The sizes that unknown dimensions take, one feed after the other.</param>
/// <param name="blocks">Whether the op stops the gradient on purpose, so that it is zero and not the derivative.</param>
internal sealed class Sample(string name, Input[] inputs, Func<Node[], Node> build, int[]? unknown = null, bool blocks = false)
{
    private const double Smallest = 0.3, Largest = 1.7;

    private readonly int[] _unknown = inputs.All(input => input.Shape.IsKnown) ? [0] : unknown ?? [3, 1];

    public string Name => name;

    public bool Blocks => blocks;

    public Placeholder[] Inputs { get; } = [.. inputs.Select((input, i) => new Placeholder($"x{i}", input.Shape, input.Type))];

    public Placeholder[] Floats => [.. Inputs.Where(input => input.ElementType == ElementType.Float32)];

    public Node Output => field ??= build(Inputs);

    /// <summary>The same graph on other nodes.</summary>
    public Node On(Node[] nodes) => build(nodes);

    public IEnumerable<PlainFeed> Feeds => _unknown.Select(Feed);

    // All floats of a feed have magnitudes of their own, evenly spread: no ties, nothing near zero,
    // and with an even number of them nothing near 1.
    private PlainFeed Feed(int size)
    {
        var random = new Random(size + 1);
        var shapes = Array.ConvertAll(inputs, input => Shape.Create([.. input.Shape.Select(known => known ?? size)]));
        var magnitudes = Enumerable.Range(0, (int)shapes.Sum(shape => shape.ElementCount)).ToArray();
        random.Shuffle(magnitudes);
        var next = 0;
        double Float(Input input)
        {
            var magnitude = (float)(Smallest + (Largest - Smallest) * (magnitudes[next++] + 0.5) / magnitudes.Length);
            return input.IsPositive || random.Next(2) == 0 ? magnitude : -magnitude;
        }
        double Index(Input input) => random.Next(input.From, input.Below);
        var feed = new PlainFeed();
        for (var i = 0; i < inputs.Length; i++)
        {
            var elements = new double[shapes[i].ElementCount];
            for (var j = 0; j < elements.Length; j++) elements[j] = inputs[i].Below > 0 ? Index(inputs[i]) : Float(inputs[i]);
            feed[Inputs[i]] = new PlainTensor(shapes[i], elements);
        }
        return feed;
    }
}
