using System.Text;

namespace SimpleFlow.Tests.Compilation;

/// <summary>
/// A random graph with something to feed it: all ops, shared nodes, stretching in every position, an unknown batch, random numbers
/// and assignments. A function of its seed alone. Every node is evaluated plainly as soon as it is proposed;
/// one that does not fit its operands, or whose numbers would run away, is forgotten and another one is tried.
/// </summary>
internal sealed partial class RandomGraph
{
    private const double LargestNumber = 100;
    private const int LargestCount = 6_000;

    private readonly Random _random;
    private readonly bool _windows;
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Node, PlainTensor> _values = new(ReferenceEqualityComparer.Instance);

    /// <param name="seed">What everything follows from.</param>
    /// <param name="windows">Whether most operations are windows of every kind that slide over images of unusual sizes.</param>
    public RandomGraph(int seed, bool windows = false)
    {
        (Seed, _windows) = (seed, windows);
        _random = new Random(seed);
        Step = new StepIdentity((ulong)seed, _random.Next(100));
        // Now and then more rows than a tile has elements, so that tiles end in the middle of things.
        var batch = _random.Next(12) == 0 ? 300 + _random.Next(200) : 1 + _random.Next(6);
        Leaves(batch);
        if (windows) Images();
        var wanted = _nodes.Count + 6 + _random.Next(20);
        for (var attempts = 0; _nodes.Count < wanted && attempts < 400; attempts++) TryAdd();
        var read = _nodes.SelectMany(node => node.InputArray).ToHashSet<Node>(ReferenceEqualityComparer.Instance);
        Sinks = [.. _nodes.Where(node => node is Operation && !read.Contains(node))];
        // Some nodes that others read are outputs too: their memory may not be used again.
        Outputs = [.. Sinks, .. _nodes.OfType<Operation>().Where(_ => _random.Next(6) == 0).Except(Sinks), .. Assignments()];
    }

    public int Seed { get; }

    public StepIdentity Step { get; }

    public Dictionary<Placeholder, PlainTensor> Fed { get; } = new(ReferenceEqualityComparer.Instance);

    /// <summary>What to feed at another batch: the rows again and again.</summary>
    public Dictionary<Placeholder, PlainTensor> WithBatch(int batch) => Fed.ToDictionary(fed => fed.Key, fed =>
    {
        if (fed.Key.Shape.IsKnown) return fed.Value;
        var shape = fed.Value.Shape.With(0, batch);
        return new PlainTensor(shape,
            [.. Enumerable.Range(0, (int)shape.ElementCount).Select(i => fed.Value.Elements[i % fed.Value.Count])]);
    });

    /// <summary>The operations that no other one reads.</summary>
    public Node[] Sinks { get; }

    public Node[] Outputs { get; }

    /// <summary>A number that depends on every sink that has a derivative.</summary>
    public Node? Loss
    {
        get
        {
            var floats = Sinks.Where(node => node.ElementType == ElementType.Float32).Select(node => node.Mean()).ToArray();
            return floats.Length == 0 ? null : floats.Aggregate((sum, next) => sum + 0.5f * next);
        }
    }

    /// <summary>
    /// A whole step of training: the loss, what an optimizer assigns, and what running averages follow;
    /// null where there is nothing to train. What the optimizer remembers is as in the middle of a training: nothing is 0.
    /// </summary>
    public Node[]? TrainingStep()
    {
        if (Loss is not { } loss) return null;
        var order = GraphOrder.Of([loss], valuesOnly: true);
        var trained = order.OfType<Variable>().Where(variable => variable.IsTrainable).ToList();
        if (trained.Count == 0) return null;
        var (value, norm) = (_random.Next(3) == 0 ? 0.5f : (float?)null, _random.Next(3) == 0 ? 1f : (float?)null);
        Optimizer optimizer = _random.Next(7) switch
        {
            0 => new GradientDescent { ClipValue = value, ClipNorm = norm },
            1 => new Momentum { ClipValue = value, ClipNorm = norm },
            2 => new Nesterov { ClipValue = value, ClipNorm = norm },
            3 => new AdaGrad { ClipValue = value, ClipNorm = norm },
            4 => new RmsProp { ClipValue = value, ClipNorm = norm },
            5 => new Adam { ClipValue = value, ClipNorm = norm },
            _ => new AdamW { ClipValue = value, ClipNorm = norm },
        };
        var updates = optimizer.Updates(trained, Gradients.Of(loss, trained))
            .Concat(order.OfType<Operation>().Where(node => node.Op is RunningAverage).Select(Following)).ToList();
        foreach (var memory in GraphOrder.Of(updates).OfType<Variable>().Except(order.OfType<Variable>()))
            memory.Set([.. Enumerable.Range(0, (int)memory.Shape.ElementCount).Select(_ => 0.5f + _random.NextSingle())]);
        return [loss, .. updates];
    }

    private static Node Following(Operation node) => node.InputArray[1] is Variable average
        ? average.Assign(((RunningAverage)node.Op).After(node, average, weight: 1)) : throw new InvalidOperationException($"{node}");

    /// <summary>The leaves and some of the nodes between that have a derivative.</summary>
    public Node[] DerivativeTargets =>
        [.. _nodes.Where((node, i) =>
            node.ElementType == ElementType.Float32 && (node is Placeholder or Variable || (node is Operation && i % 5 == 0)))];

    /// <summary>The graph as one line for each node that the outputs need.</summary>
    public static string Describe(params IEnumerable<Node> outputs)
    {
        var text = new StringBuilder();
        var names = new Dictionary<Node, string>(ReferenceEqualityComparer.Instance);
        foreach (var node in GraphOrder.Of(outputs))
        {
            names[node] = node.Name ?? $"n{names.Count}";
            var inputs = string.Join(", ", node.InputArray.Select(input => names[input]));
            text.AppendLine(
                $"{names[node],-6} {node.Shape,-16} {node.ElementType,-8} "
                    + $"{(node is Operation operation ? $"{operation.Op}({inputs})" : node.GetType().Name)}");
        }
        return text.ToString();
    }

    private void Leaves(int batch)
    {
        Feed("x", [null, 4], [batch, 4]);
        Feed("y", [null, 1], [batch, 1]);
        Feed("z", [null, 2, 4], [batch, 2, 4]);
        Feed("u", [3, 4], [3, 4]);
        Feed("p", [null, 2, 5, 4], [batch, 2, 5, 4]);
        Feed("i", [null], [batch], ElementType.Int32);
        Feed("j", [2], [2], ElementType.Int32);
        foreach (var (name, shape) in new (string, Shape)[] { ("a", [4]), ("b", [4, 4]), ("c", [2, 4]), ("d", [1, 4]), ("e", [4, 4]),
            ("f", [1]), ("s", []), ("k", [2, 2, 3, 2]), ("l", [4, 1, 2, 2]), ("m", [3, 2, 1, 1]), ("n", [3, 2, 2]) })
        {
            Keep(new Variable(name, shape, Initializer.Constant(Numbers((int)shape.ElementCount))));
        }
        foreach (var shape in new Shape[] { [], [4], [3, 1], [1, 1] })
            Keep(new Constant([.. Numbers((int)shape.ElementCount).Select(number => (double)number)], shape, ElementType.Float32));
        Keep(new Constant(_random.Next(2)));
    }

    private void Feed(string name, Shape declared, Shape fed, ElementType type = ElementType.Float32)
    {
        var placeholder = new Placeholder(name, declared, type);
        Fed[placeholder] = type == ElementType.Int32
            ? new PlainTensor(fed, [.. Enumerable.Range(0, (int)fed.ElementCount).Select(_ => (double)_random.Next(4))])
            : new PlainTensor(fed, [.. Numbers((int)fed.ElementCount).Select(number => (double)number)]);
        Keep(placeholder);
    }

    // Half of them on a coarse grid, so that zeros and ties come up.
    private float[] Numbers(int count) =>
        Enumerable.Range(0, count).Select(_ => _random.Next(2) == 0 ? _random.Next(-3, 4) / 2f : (float)(4 * _random.NextDouble() - 2))
            .ToArray();

    private void TryAdd()
    {
        try
        {
            if (Propose() is { } node && !_values.ContainsKey(node)) Keep(node);
        }
        catch (Exception refusal) when (refusal is ShapeException or DataException)
        {
            // It did not fit, or an index is out of range: the next one may.
        }
    }

    private void Keep(Node node)
    {
        foreach (var input in node.InputArray)
        {
            if (!_values.ContainsKey(input)) Keep(input);
            if (!_values.ContainsKey(input)) return;
        }
        var value = node switch
        {
            Placeholder placeholder => Fed[placeholder],
            Operation operation => Evaluate(operation),
            _ => PlainReading.ValuesOf([node], Fed)[node],
        };
        if (value.Count > LargestCount || value.Elements.Any(element => !(Math.Abs(element) <= LargestNumber))) return;
        _values[node] = value;
        _nodes.Add(node);
    }

    private PlainTensor Evaluate(Operation operation)
    {
        var inputs = Array.ConvertAll(operation.InputArray, input => _values[input]);
        if (operation.Specialise(Array.ConvertAll(inputs, input => input.Shape)).ElementCount > LargestCount)
            throw new ShapeException("too large", "");
        return PlainReading.Evaluate(operation, inputs, Step);
    }

    private IEnumerable<Node> Assignments()
    {
        var variables = _nodes.OfType<Variable>().ToList();
        if (_random.Next(3) == 0)
        {
            // a, b = b, a
            var (b, e) = (variables.Single(variable => variable.Name == "b"), variables.Single(variable => variable.Name == "e"));
            variables.RemoveAll(variable => variable == b || variable == e);
            yield return b.Assign(e);
            yield return e.Assign(b);
        }
        foreach (var variable in variables)
        {
            var fitting = _nodes.Where(node => node.ElementType == ElementType.Float32 && node.Shape.Equals(variable.Shape)).ToList();
            if (_random.Next(2) == 0) continue;
            var assignment = variable.Assign(Any(fitting));
            yield return assignment;
            // The result of an assignment is the new value, whoever reads it and however it is shaped.
            if (_random.Next(3) == 0) yield return assignment.Reshape([null]) * 2f;
            if (_random.Next(3) == 0) yield return assignment + variable;
        }
    }
}
