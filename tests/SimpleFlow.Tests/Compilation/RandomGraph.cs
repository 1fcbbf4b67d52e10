using System.Text;

namespace SimpleFlow.Tests.Compilation;

/// <summary>
/// A random graph with something to feed it: all ops, shared nodes, stretching in every position, an unknown batch, random numbers and assignments. A function of its seed alone.
/// Every node is evaluated plainly as soon as it is proposed; one that does not fit its operands, or whose numbers would run away, is forgotten and another one is tried.
/// </summary>
internal sealed class RandomGraph
{
    private const double LargestNumber = 100;
    private const int LargestCount = 6_000;

    private readonly Random _random;
    private readonly List<Node> _nodes = [];
    private readonly Dictionary<Node, PlainTensor> _values = new(ReferenceEqualityComparer.Instance);

    public RandomGraph(int seed)
    {
        Seed = seed;
        _random = new Random(seed);
        Step = new StepIdentity((ulong)seed, _random.Next(100));
        // Now and then more rows than a tile has elements, so that tiles end in the middle of things.
        var batch = _random.Next(12) == 0 ? 300 + _random.Next(200) : 1 + _random.Next(6);
        Leaves(batch);
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
        return new PlainTensor(shape, [.. Enumerable.Range(0, shape.Count).Select(i => fed.Value.Elements[i % fed.Value.Count])]);
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

    /// <summary>The leaves and some of the nodes between that have a derivative.</summary>
    public Node[] DerivativeTargets =>
        [.. _nodes.Where((node, i) => node.ElementType == ElementType.Float32 && (node is Placeholder or Variable || (node is Operation && i % 5 == 0)))];

    /// <summary>The graph as one line for each node that the outputs need.</summary>
    public static string Describe(params IEnumerable<Node> outputs)
    {
        var text = new StringBuilder();
        var names = new Dictionary<Node, string>(ReferenceEqualityComparer.Instance);
        foreach (var node in GraphOrder.Of(outputs))
        {
            names[node] = node.Name ?? $"n{names.Count}";
            var inputs = string.Join(", ", node.InputArray.Select(input => names[input]));
            text.AppendLine($"{names[node],-6} {node.Shape,-16} {node.ElementType,-8} {(node is Operation operation ? $"{operation.Op}({inputs})" : node.GetType().Name)}");
        }
        return text.ToString();
    }

    private void Leaves(int batch)
    {
        Feed("x", [null, 4], [batch, 4]);
        Feed("y", [null, 1], [batch, 1]);
        Feed("z", [null, 2, 4], [batch, 2, 4]);
        Feed("u", [3, 4], [3, 4]);
        Feed("i", [null], [batch], ElementType.Int32);
        Feed("j", [2], [2], ElementType.Int32);
        foreach (var (name, shape) in new (string, Shape)[] { ("a", [4]), ("b", [4, 4]), ("c", [2, 4]), ("d", [1, 4]), ("e", [4, 4]), ("f", [1]), ("s", []) })
        {
            Keep(new Variable(name, shape, Initializer.Constant(Numbers(shape.Count))));
        }
        foreach (var shape in new Shape[] { [], [4], [3, 1], [1, 1] })
            Keep(new Constant([.. Numbers(shape.Count).Select(number => (double)number)], shape, ElementType.Float32));
        Keep(new Constant(_random.Next(2)));
    }

    private void Feed(string name, Shape declared, Shape fed, ElementType type = ElementType.Float32)
    {
        var placeholder = new Placeholder(name, declared, type);
        Fed[placeholder] = type == ElementType.Int32
            ? new PlainTensor(fed, [.. Enumerable.Range(0, fed.Count).Select(_ => (double)_random.Next(-1, 5))])
            : new PlainTensor(fed, [.. Numbers(fed.Count).Select(number => (double)number)]);
        Keep(placeholder);
    }

    // Half of them on a coarse grid, so that zeros and ties come up.
    private float[] Numbers(int count) =>
        Enumerable.Range(0, count).Select(_ => _random.Next(2) == 0 ? _random.Next(-3, 4) / 2f : (float)(4 * _random.NextDouble() - 2)).ToArray();

    private void TryAdd()
    {
        try
        {
            if (Propose() is { } node && !_values.ContainsKey(node)) Keep(node);
        }
        catch (ShapeException)
        {
            // It did not fit: the next one may.
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
            _ => PlainReading.Of([node], Fed)[node],
        };
        if (value.Count > LargestCount || value.Elements.Any(element => !(Math.Abs(element) <= LargestNumber))) return;
        _values[node] = value;
        _nodes.Add(node);
    }

    private PlainTensor Evaluate(Operation operation)
    {
        var inputs = Array.ConvertAll(operation.InputArray, input => _values[input]);
        if (operation.Specialise(Array.ConvertAll(inputs, input => input.Shape)).ElementCount > LargestCount) throw new ShapeException("too large", "");
        return operation.Op.Evaluate(inputs, Step);
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

    private Node Any(List<Node> nodes) => nodes[_random.Next(nodes.Count)];

    // The later half is preferred: graphs become deep rather than wide.
    private Node Any(ElementType type)
    {
        var fitting = _nodes.Where(node => node.ElementType == type).ToList();
        if (fitting.Count == 0) throw new ShapeException("nothing of this type yet", "");
        return fitting[_random.Next(2) == 0 ? _random.Next(fitting.Count) : _random.Next(fitting.Count / 2, fitting.Count)];
    }

    private Node Float() => Any(ElementType.Float32);

    private Node AnyType() => Any((ElementType)_random.Next(3));

    private int AxisOf(Node node) => node.Shape.Rank == 0 ? throw new ShapeException("no axis", "") : _random.Next(-node.Shape.Rank, node.Shape.Rank);

    private int[] AxesOf(Node node) => [.. Enumerable.Range(0, node.Shape.Rank).Where(_ => _random.Next(2) == 0)];

    private Node? Propose()
    {
        return _random.Next(18) switch
        {
            0 or 1 or 2 => Unary(Float()),
            3 or 4 or 5 => Binary(Float(), Float()),
            6 => Compare(),
            7 => Flow.Select(Any(ElementType.Bool), Float(), Float()),
            8 => Reduction(Float()),
            9 or 10 => Product(Float(), Float()),
            11 => AlongOneAxis(Float()),
            12 => Moved(AnyType()),
            13 => Stretched(AnyType()),
            14 => Joined(AnyType()),
            15 => Indexed(),
            16 => AnyType().Cast(),
            _ => Randomness(AnyType()),
        };
    }

    private Node Unary(Node x) => _random.Next(19) switch
    {
        0 => x.Abs(),
        1 => -x,
        2 => x.Relu(),
        3 => x.LeakyRelu(0.1f),
        4 => x.Sigmoid(),
        5 => x.Tanh(),
        6 => x.Softplus(),
        7 => x.Exp(),
        8 => (x.Abs() + 0.5f).Log(),
        9 => (x.Abs() + 0.25f).Sqrt(),
        10 => x.Sign(),
        11 => x.Power(2),
        12 => x.Power(3),
        13 => (x.Abs() + 0.5f).Power(-1),
        14 => (x.Abs() + 0.5f).Power(0.5f),
        15 => (x.Abs() + 0.5f).Power(1.7f),
        16 => x.Clip(-1, 1),
        17 => x.StopGradient(),
        _ => x.Power(1),
    };

    private Node Binary(Node a, Node b) => _random.Next(7) switch
    {
        0 => a + b,
        1 => a - b,
        2 => a * b,
        3 => a / b,
        4 => a / (b * b + 1f),
        5 => a.Maximum(b),
        _ => a.Minimum(b),
    };

    private Node Compare()
    {
        var type = _random.Next(4) == 0 ? ElementType.Int32 : ElementType.Float32;
        var (a, b) = (Any(type), Any(type));
        return _random.Next(6) switch
        {
            0 => a.Greater(b),
            1 => a.GreaterOrEqual(b),
            2 => a.Less(b),
            3 => a.LessOrEqual(b),
            4 => a.Equal(b),
            _ => a.NotEqual(b),
        };
    }

    private Node Reduction(Node x)
    {
        var (axes, keep) = (AxesOf(x), _random.Next(2) == 0);
        return _random.Next(3) switch
        {
            0 => x.Sum(axes, keep),
            1 => x.Mean(axes, keep),
            _ => x.Max(axes, keep),
        };
    }

    private Node Product(Node a, Node b)
    {
        Node Matrix(Node node) => node.Shape.Rank >= 2 ? node : throw new ShapeException("no matrix", "");
        return Matrix(a).MatMul(Matrix(b), _random.Next(2) == 0, _random.Next(2) == 0);
    }

    private Node AlongOneAxis(Node x) => _random.Next(3) switch
    {
        0 => x.Softmax(AxisOf(x)),
        1 => x.LogSoftmax(AxisOf(x)),
        _ => x.ArgMax(AxisOf(x)),
    };

    private Node Moved(Node x) => _random.Next(5) switch
    {
        0 => x.Transpose([.. Enumerable.Range(0, x.Shape.Rank).OrderBy(_ => _random.Next())]),
        1 => x.Slice(AxisOf(x), _random.Next(-2, 2), _random.Next(3) == 0 ? null : _random.Next(1, 4), _random.Next(1, 3)),
        2 => x.Reshape([null]),
        3 => x.Reshape(_random.Next(2) == 0 ? [null, 4] : [2, null]),
        _ => x.Reshape([.. x.Shape.Where(size => size != 1)]),
    };

    private Node Stretched(Node x) => _random.Next(3) switch
    {
        0 => x.Broadcast([.. (long?[])(_random.Next(2) == 0 ? [2] : []), .. x.Shape.Select(size => size == 1 ? 1 + _random.Next(4) : size)]),
        1 => Flow.AddFlow(x, new BroadcastLike(Float())),
        _ => Flow.AddFlow(x, new Unsqueeze([_random.Next(x.Shape.Rank + 1)])),
    };

    private Node Joined(Node x)
    {
        var fitting = _nodes.Where(node => node.ElementType == x.ElementType && node.Shape.Rank == x.Shape.Rank).ToList();
        return Flow.Concat(AxisOf(x), [x, .. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => Any(fitting))]);
    }

    private Node Indexed()
    {
        var indices = Any(ElementType.Int32);
        if (_random.Next(3) == 0) return indices.OneHot(1 + _random.Next(4));
        var table = AnyType();
        return table.Gather(indices, AxisOf(table));
    }

    private Node Randomness(Node like) => _random.Next(3) switch
    {
        0 => like.RandomUniform(-1, 1, _random.Next(3)),
        1 => like.RandomNormal(0, 0.5f, _random.Next(3)),
        _ => like.RandomMask(0.5f, _random.Next(3)),
    };
}
