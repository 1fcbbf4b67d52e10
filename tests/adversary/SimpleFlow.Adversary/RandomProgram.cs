using System.Text;

namespace SimpleFlow.Adversary;

/// <summary>
/// One random program of the kind a user might write: placeholders, variables, some moves that add nodes, and a loss.
/// It is made of public members alone, and knows nothing of how the library works inside.
/// </summary>
/// <param name="random">What it is drawn from: the same numbers give the same program.</param>
/// <param name="rounding">Makes it a twin of the program without: one whose nodes are all a little off.</param>
internal sealed class RandomProgram(Random random, Rounding? rounding = null)
{
    private const long LargestNode = 20_000;
    private readonly List<Node> _floats = [], _all = [];
    private readonly List<Variable> _variables = [];
    private readonly List<(Placeholder Placeholder, long Bound)> _placeholders = [];
    private readonly Dictionary<Node, string> _origins = new(ReferenceEqualityComparer.Instance);
    private readonly StringBuilder _text = new();
    private float[][] _kept = [];

    public Random Random { get; } = random;

    /// <summary>The names of the moves that became part of the program.</summary>
    public List<string> Moves { get; } = [];

    /// <summary>Whether something in it means another thing in use than in training, so that a prediction is no plain reading.</summary>
    public bool IsForTraining { get; set; }

    public Node Loss { get; private set; } = 0f;

    public bool Trains => Trained.Length > 0;

    public Node[] Predicted { get; private set; } = [];

    public Variable[] Trained { get; private set; } = [];

    public int[] Batches { get; private set; } = [];

    public string Text => _text.ToString();

    /// <summary>Errors that a user is meant to see.</summary>
    public static bool IsTyped(Exception error) => error is SimpleFlowException or ArgumentException;

    /// <summary>The placeholders, in the order in which they were made.</summary>
    public IEnumerable<Placeholder> Placeholders => _placeholders.Select(pair => pair.Placeholder);

    /// <summary>What the elements of a node are in float32: in a twin they are a little off.</summary>
    public Node Rounded(Node exact) => rounding is null ? exact : rounding.Of(exact);

    public string Origin(Node node) => _origins.GetValueOrDefault(node, node.ToString());

    public bool Chance(double share) => Random.NextDouble() < share;

    public T One<T>(params ReadOnlySpan<T> choices) => choices[Random.Next(choices.Length)];

    public int Size() => One(1, 1, 2, 2, 3, 3, 4, 5, 7, 8, 13, 16, 17, 31, 33);

    /// <summary>A node that is there already.</summary>
    public Node Any(Func<Node, bool>? where = null)
    {
        var fitting = where is null ? _floats : [.. _floats.Where(where)];
        if (fitting.Count == 0) throw new NoMoveException();
        // Later nodes more often, and single numbers less often: programs become deep, and keep their axes.
        Node Later() => fitting[Math.Max(Random.Next(fitting.Count), Random.Next(fitting.Count))];
        var node = Later();
        for (var again = 0; again < 2 && node.Shape.Rank == 0; again++) node = Later();
        return node;
    }

    public Variable Variable(params ReadOnlySpan<long?> sizes)
    {
        var variable = new Variable($"v{_variables.Count}", Shape.Create(sizes), Initializer.Normal(0.7f));
        _variables.Add(variable);
        Note(variable, $"variable {variable}");
        return variable;
    }

    public Placeholder Floats(params ReadOnlySpan<long?> sizes) => Placeholder(Shape.Create(sizes), ElementType.Float32, 0);

    /// <summary>A placeholder for whole numbers from 0 up to the bound.</summary>
    public Placeholder Indices(long bound, params ReadOnlySpan<long?> sizes) => Placeholder(Shape.Create(sizes), ElementType.Int32, bound);

    public void Draw()
    {
        Begin();
        var wanted = 1 + Random.Next(Chance(0.2) ? 14 : 7);
        for (var attempt = 0; attempt < 4 * wanted && Moves.Count < wanted; attempt++)
        {
            var move = Catalogue.Moves[Random.Next(Catalogue.Moves.Count)];
            Play(move);
        }
        End();
    }

    /// <summary>New random data for the placeholders.</summary>
    public ProgramData Data(int rows)
    {
        var data = new ProgramData();
        foreach (var (placeholder, bound) in _placeholders)
        {
            var sizes = placeholder.Shape.Select(size => size ?? rows).ToArray();
            var count = (int)sizes.Aggregate(1L, (product, size) => product * size);
            if (bound > 0) data.Add(placeholder, [.. Enumerable.Range(0, count).Select(_ => Random.Next((int)bound))], sizes);
            else data.Add(placeholder, [.. Enumerable.Range(0, count).Select(_ => (float)(3 * Random.NextDouble() - 1.5))], sizes);
        }
        return data;
    }

    /// <summary>Moves the variables a little away from what they were.</summary>
    public void Perturb(Random noise, double size)
    {
        for (var i = 0; i < _variables.Count; i++)
        {
            var moved = new float[_kept[i].Length];
            Noise.Add(noise, size, _kept[i], moved);
            _variables[i].Set(moved);
        }
    }

    public void Restore()
    {
        for (var i = 0; i < _variables.Count; i++) _variables[i].Set(_kept[i]);
    }

    private void Begin()
    {
        for (var i = Random.Next(3); i >= 0; i--)
        {
            long? rows = Chance(0.6) ? null : Size();
            switch (Random.Next(5))
            {
                case 0: Floats(); break;
                case 1: Floats(rows, One(1, 2, 3, 3, 4, 16, 17), Size(), Size()); break;
                case 2: Floats(rows, One(1, 2, 3, 5, 9), One(1, 2, 4, 6, 8, 12)); break;
                case 3: Floats(rows, Chance(0.1) ? One(1025, 257, 0) : Size()); break;
                default: Floats([rows, .. Enumerable.Range(0, Random.Next(4)).Select(_ => (long?)One(1, 2, 3, 5))]); break;
            }
        }
        _floats.AddRange(_placeholders.Select(pair => pair.Placeholder));
        if (Chance(0.3)) _floats.Add(Variable([.. Enumerable.Range(0, Random.Next(4)).Select(_ => (long?)Size())]));
        Batches = _placeholders.Any(pair => !pair.Placeholder.Shape.IsKnown) ? [One(1, 2, 3, 8), One(1, 5, 17, 33)] : [1];
        if (Chance(0.02)) Batches = [0, 3];
    }

    private void Play(Move move)
    {
        var (variables, placeholders) = (_variables.Count, _placeholders.Count);
        try
        {
            var made = move.Make(this);
            if (made.Shape.Any(size => size > LargestNode)
                || made.Shape.Aggregate(1L, (product, size) => Math.Min(product * (size ?? 33), 1L << 40)) > LargestNode)
                throw new NoMoveException();
            Moves.Add(move.Name);
            Note(made, $"{move.Name}: {made}");
            made = made.ElementType == ElementType.Float32 ? Rounded(made) : made.Cast();
            _floats.Add(made);
            _all.Add(made);
        }
        catch (Exception error) when (error is NoMoveException || IsTyped(error))
        {
            // Not possible here. What it made on its way is forgotten.
            _variables.RemoveRange(variables, _variables.Count - variables);
            _placeholders.RemoveRange(placeholders, _placeholders.Count - placeholders);
        }
    }

    private void End()
    {
        if (_all.Count == 0) _all.Add(Any() * 1.5f);
        var terms = Enumerable.Range(0, 1 + Random.Next(2)).Select(_ => Scalar(_all[Random.Next(_all.Count)])).Append(Scalar(_all[^1]))
            .ToList();
        Loss = terms.Aggregate((sum, term) => sum + term);
        var reached = Reached(Loss);
        if (Chance(0.15) && reached.OfType<Variable>().Any(variable => variable.IsTrainable))
        {
            var of = reached.OfType<Variable>().First(variable => variable.IsTrainable);
            Loss += 0.1f * Gradients.Of(Loss, of)[0].Tanh().Power(2).Sum();
            Moves.Add("gradient in the loss");
            _text.AppendLine("gradient of the loss in the loss");
        }
        // Layers make variables of their own.
        foreach (var variable in Reached([Loss, .. _all]).OfType<Variable>().Where(variable => !_variables.Contains(variable)))
            _variables.Add(variable);
        Trained = [.. Reached(Loss).OfType<Variable>().Where(variable => variable.IsTrainable)];
        Predicted = IsForTraining ? [] : [.. _all];
        _ = new Model(Loss, _all.ToArray());                                  // gives every variable its first value
        _kept = [.. _variables.Select(variable => variable.Values).Select(values =>
        {
            var elements = new float[(int)values.FlattenedLength];
            values.FlattenTo(elements);
            return elements;
        })];
        // Biases and gains that start at 0 and 1 would hide faults.
        Perturb(new Random(Random.Next()), 0.5);
        _kept = [.. _variables.Select((variable, i) => ((ReadOnlySpan<float>)Flat(variable)).ToArray())];
    }

    private static float[] Flat(Variable variable)
    {
        var elements = new float[(int)variable.Values.FlattenedLength];
        variable.Values.FlattenTo(elements);
        return elements;
    }

    /// <summary>A number that moves with every element, each by another weight, and stays small.</summary>
    private Node Scalar(Node x)
    {
        var bounded = (x * 0.7f).Tanh();
        if (x.Shape.IsKnown && x.Shape.ElementCount > 0)
        {
            var weights = new float[x.Shape.ElementCount];
            for (var i = 0; i < weights.Length; i++) weights[i] = (float)(2 * Random.NextDouble() - 1);
            bounded *= new Constant("weights", weights).Reshape(x.Shape);
        }
        return bounded.Power(2).Mean() + bounded.Sum() * 0.01f;
    }

    private Placeholder Placeholder(Shape shape, ElementType type, long bound)
    {
        var placeholder = new Placeholder($"p{_placeholders.Count}", shape, type);
        _placeholders.Add((placeholder, bound));
        Note(placeholder, $"placeholder {placeholder}" + (bound > 0 ? $" below {bound}" : ""));
        return placeholder;
    }

    private void Note(Node node, string text)
    {
        _origins[node] = text;
        _text.AppendLine(text);
    }

    private static List<Node> Reached(params IEnumerable<Node> outputs)
    {
        var seen = new HashSet<Node>(ReferenceEqualityComparer.Instance);
        var waiting = new Stack<Node>(outputs);
        var order = new List<Node>();
        while (waiting.TryPop(out var node))
        {
            if (!seen.Add(node)) continue;
            order.Add(node);
            foreach (var input in node.Inputs) waiting.Push(input);
        }
        return order;
    }
}

/// <summary>There is nothing that the move could be made with.</summary>
internal sealed class NoMoveException : Exception;
