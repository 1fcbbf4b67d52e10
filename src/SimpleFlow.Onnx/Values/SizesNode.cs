namespace SimpleFlow.Onnx;

/// <summary>Numbers that follow from the shapes of other nodes, where a graph computes with them as data: positions up to the length of a
/// sequence, a mean's divisor. Once the shapes are known it is a constant.</summary>
internal sealed record SizesNode : CompositeOp
{
    private readonly StaticTensor _numbers;
    private readonly Node[] _of;
    private readonly ElementType _type;

    private SizesNode(StaticTensor numbers, Node[] of, ElementType type) : base(of[1..]) => (_numbers, _of, _type) = (numbers, of, type);

    public static Node Of(StaticTensor numbers, DataType type)
    {
        Node[] of = [.. numbers.Nodes];
        return Flow.AddFlow(of[0], new SizesNode(numbers, of, DataTypes.Element(type)));
    }

    public override string Name => "Sizes";

    protected override string Attributes => $"{_numbers}";

    protected override ElementType ResultType => _type;

    protected override bool ReadsOnlyShape(int input) => true;

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => Shape.Create([.. _numbers.Sizes.Select(size => (long?)size)]);

    protected override Node Build(IReadOnlyList<Node> inputs)
    {
        var known = _numbers.With(node => inputs[Array.IndexOf(_of, node)].Shape);
        return Constant.Of(known.Numbers!, ShapeOf([]), _type);
    }
}
