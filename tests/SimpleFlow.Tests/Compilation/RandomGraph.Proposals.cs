namespace SimpleFlow.Tests.Compilation;

// What may come next in a random graph. A proposal that does not fit is a ShapeException, and another one is tried.
internal sealed partial class RandomGraph
{
    private Node Any(List<Node> nodes) => nodes[_random.Next(nodes.Count)];

    // The later half is preferred: graphs become deep rather than wide.
    private Node Any(ElementType type)
    {
        var fitting = _nodes.Where(node => node.ElementType == type).ToList();
        if (fitting.Count == 0) throw new ShapeException("nothing of this type yet", "");
        return fitting[_random.Next(2) == 0 ? _random.Next(fitting.Count) : _random.Next(fitting.Count / 2, fitting.Count)];
    }

    private Node Float() => Any(ElementType.Float32);

    private Node Float(int rank)
    {
        var fitting = _nodes.Where(node => node.ElementType == ElementType.Float32 && node.Shape.Rank == rank && node is not Variable)
            .ToList();
        return fitting.Count > 0 ? Any(fitting) : throw new ShapeException("nothing of this rank yet", "");
    }

    private Node AnyType() => Any((ElementType)_random.Next(3));

    private int AxisOf(Node node) =>
        node.Shape.Rank == 0 ? throw new ShapeException("no axis", "") : _random.Next(-node.Shape.Rank, node.Shape.Rank);

    private int[] AxesOf(Node node) => [.. Enumerable.Range(0, node.Shape.Rank).Where(_ => _random.Next(2) == 0)];

    private Node? Propose()
    {
        if (_windows && _random.Next(2) == 0) return UnusualWindow(Float(4));
        return _random.Next(24) switch
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
            17 or 18 => Convolved(Float(4)),
            19 => Pooled(Float(4)),
            20 => Normalised(Float()),
            21 => CrossEntropy(Float()),
            22 => Float().Dropout(0.3f, _random.Next(3)),
            _ => Randomness(AnyType()),
        };
    }

    private Node Unary(Node x) => _random.Next(23) switch
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
        18 => x.Elu(0.8f),
        19 => x.Gelu(),
        20 => x.Silu(),
        21 => x.Erf(),
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

    // A window of any place, as far as it fits the channels; nodes that are no variables may be one too.
    private Node Convolved(Node images)
    {
        var groups = 1 + _random.Next(2);
        var transposed = _random.Next(3) == 0;
        if (_random.Next(5) == 0)
            return images.Reshape([null, 2, 10]).Conv1D(_nodes.OfType<Variable>().Single(variable => variable.Name == "n"),
                1 + _random.Next(2), _random.Next(2));
        var weights = _nodes.Where(node => node.ElementType == ElementType.Float32 && node.Shape.Rank == 4
            && (transposed ? node.Shape[0] : node.Shape[1] * groups) == images.Shape[1]).ToList();
        if (weights.Count == 0) throw new ShapeException("no weights for these channels", "");
        return transposed ? images.ConvTranspose2D(Any(weights), Size(), Edges(), Size(), groups)
            : images.Conv2D(Any(weights), Size(), Edges(), Size(), groups);
    }

    private Node Pooled(Node images) => _random.Next(5) switch
    {
        0 => images.GlobalAveragePool(),
        1 => images.AveragePool2D(Size(), null, Edges(), null, countPadding: _random.Next(2) == 0),
        2 => images.AveragePool2D(2, Size(), 0, Size()),
        3 => images.MaxPool2D(2, _random.Next(2) == 0 ? null : Size(), 0, Size()),
        _ => images.MaxPool2D((2, 1 + _random.Next(3)), null, _random.Next(2) == 0 ? 0 : (1, 0)),
    };

    private Size2D Size() => (1 + _random.Next(2), 1 + _random.Next(2));

    private Padding Edges() => _random.Next(2) == 0 ? 0 : (_random.Next(2), _random.Next(2), _random.Next(2), _random.Next(2));

    private Node Normalised(Node x) => _random.Next(6) switch
    {
        0 => Layers.LayerNorm(x),
        1 => Layers.RmsNorm(x),
        2 => Layers.GroupNorm(x, 2),
        _ => Layers.BatchNorm(x),
    };

    private Node CrossEntropy(Node x)
    {
        var fitting = _nodes.Where(node => node.ElementType == ElementType.Float32 && node.Shape.Equals(x.Shape)).ToList();
        return x.SoftmaxCrossEntropy(Any(fitting));
    }

    private Node Moved(Node x) => _random.Next(6) switch
    {
        5 => x.Pad(AxisOf(x), _random.Next(3), _random.Next(3)),
        0 => x.Transpose([.. Enumerable.Range(0, x.Shape.Rank).OrderBy(_ => _random.Next())]),
        1 => x.Slice(AxisOf(x), _random.Next(-2, 2), _random.Next(3) == 0 ? null : _random.Next(1, 4), _random.Next(1, 3)),
        2 => x.Reshape([null]),
        3 => x.Reshape(_random.Next(2) == 0 ? [null, 4] : [2, null]),
        _ => x.Reshape([.. x.Shape.Where(size => size != 1)]),
    };

    private Node Stretched(Node x) => _random.Next(3) switch
    {
        0 => x.Broadcast([.. (long?[])(_random.Next(2) == 0 ? [2] : []),
            .. x.Shape.Select(size => size == 1 ? 1 + _random.Next(4) : size)]),
        1 => Flow.AddFlow(x, new BroadcastLike(Float())),
        _ => Flow.AddFlow(x, new Unsqueeze([_random.Next(x.Shape.Rank + 1)])),
    };

    private Node Joined(Node x)
    {
        var fitting = _nodes.Where(node => node.ElementType == x.ElementType && node.Shape.Rank == x.Shape.Rank).ToList();
        return Flow.Concat([x, .. Enumerable.Range(0, 1 + _random.Next(2)).Select(_ => Any(fitting))], AxisOf(x));
    }

    private Node Indexed()
    {
        var indices = Any(ElementType.Int32);
        if (_random.Next(3) == 0) return indices.OneHot(2 + _random.Next(4), _random.Next(2) == 0 ? _random.Next(-1, 3) : null);
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
