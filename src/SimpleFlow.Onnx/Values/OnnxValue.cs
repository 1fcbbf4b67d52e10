namespace SimpleFlow.Onnx;

/// <summary>A value of an ONNX graph while it is read: a node, a static tensor, or a sequence of values, with the type that the file
/// declares.</summary>
internal sealed class OnnxValue
{
    private readonly Func<Node>? _makeNode;
    private Node? _node;

    /// <summary>The weight as a constant, where its numbers say how to compute, and are not computed with.</summary>
    public OnnxValue Setting => IsWeight && Static is not null ? Of(Static, Type) : this;

    private OnnxValue(DataType type, Func<Node>? makeNode, StaticTensor? known) => (Type, _makeNode, Static) = (type, makeNode, known);

    public static OnnxValue Of(Node node, DataType type) => new(type, () => node, null) { _node = node };

    public static OnnxValue Of(StaticTensor known, DataType type) => new(type, null, known);

    /// <summary>A weight: a variable, made when it is first needed as a node, whose first numbers are known.</summary>
    public static OnnxValue Weight(Func<Node> variable, StaticTensor? first, Shape shape, DataType type) =>
        new(type, variable, first) { IsWeight = true, WeightShape = shape };

    public static OnnxValue Of(IReadOnlyList<OnnxValue> sequence) => new(DataType.Undefined, null, null) { Sequence = sequence };

    /// <summary>The optional value that is not there.</summary>
    public static OnnxValue Nothing => new(DataType.Undefined, null, null);

    /// <summary>The type in the file.</summary>
    public DataType Type { get; }

    /// <summary>Its numbers, if they are known now or once sizes are.</summary>
    public StaticTensor? Static { get; }

    /// <summary>The parts of a sequence.</summary>
    public IReadOnlyList<OnnxValue>? Sequence { get; private init; }

    public bool IsWeight { get; private init; }

    private Shape? WeightShape { get; init; }

    /// <summary>Whether it is neither a sequence nor missing.</summary>
    public bool IsTensor => Sequence is null && !IsNothing;

    public bool IsNothing => Static is null && _makeNode is null && Sequence is null;

    /// <summary>Whether its numbers are fixed by the file: training does not change them.</summary>
    public bool IsConstant => Static is { IsKnown: true } && !IsWeight;

    /// <summary>The node that computes it, of the element type that the graph uses for it.</summary>
    public Node Node => _node ??= _makeNode?.Invoke() ?? MadeConstant();

    public Shape Shape => WeightShape ?? (Static is null ? Node.Shape : Shape.Create([.. Static.Sizes.Select(size => (long?)size)]));

    public int Rank => Shape.Rank;

    /// <summary>Its elements as floats, whatever their type: whole numbers are computed with in float32, exact up to ±2²⁴.</summary>
    public Node Float => Node.ElementType == ElementType.Float32 ? Node : Node.Cast();

    /// <summary>Its elements as truth values.</summary>
    public Node Condition => Node.ElementType == ElementType.Bool ? Node : Float.NotEqual(0f);

    /// <summary>The same under another declared type.</summary>
    public OnnxValue As(DataType type) => Static is not null && !IsWeight ? Of(Static, type) : Of(Node, type);

    private Node MadeConstant()
    {
        if (Static is null) throw new InvalidOperationException("A sequence or a missing value has no node.");
        if (!Static.IsKnown) return SizesNode.Of(Static, Type);
        var element = DataTypes.Element(Type);
        var numbers = Static.Numbers!;
        if (element == ElementType.Bool) numbers = Array.ConvertAll(numbers, number => number == 0 ? 0.0 : 1.0);
        // Ends of slices are often the largest number that there is; only what is computed with must fit.
        if (element == ElementType.Int32 && Array.Find(numbers, number => number is < int.MinValue or > int.MaxValue) is var beyond
            and not 0)
            throw new OnnxException($"the whole number {beyond} does not fit into 32 bits.");
        return Constant.Of(numbers, Shape, element);
    }
}
