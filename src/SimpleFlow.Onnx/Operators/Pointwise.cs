namespace SimpleFlow.Onnx.Operators;

/// <summary>A function of one number that SimpleFlow itself has no op for: its value, and its derivative by the input x and the result
/// y, or null if nothing flows back.</summary>
internal sealed record Pointwise(string Function, Func<double, double> Value, Func<Node, Node, Node>? Derivative) : Unary
{
    public override string Name => Function;

    protected override string Attributes => "";

    protected override double Plain(double x) => Value(x);

    protected override Node? Gradient(Operation node, Node upstream, int input) =>
        Derivative is null ? null : upstream * Derivative(node.Inputs[0], node);
}

/// <summary>A function of two numbers that SimpleFlow itself has no op for: its value, and its derivatives by the left input x and the
/// right input y, given x, y and the result z, or null if nothing flows back.</summary>
internal sealed record Pointwise2 : Binary
{
    private readonly string _function;
    private readonly Func<double, double, double> _value;
    private readonly Func<Node, Node, Node, Node>? _left, _right;

    public Pointwise2(Node right, string function, Func<double, double, double> value, Func<Node, Node, Node, Node>? left = null,
        Func<Node, Node, Node, Node>? byRight = null) : base(right) =>
        (_function, _value, _left, _right) = (function, value, left, byRight);

    public override string Name => _function;

    protected override string Attributes => "";

    protected override double Plain(double left, double right) => _value(left, right);

    protected override Node? Gradient(Operation node, Node upstream, int input) =>
        (input == 0 ? _left : _right)?.Invoke(node.Inputs[0], node.Inputs[1], node) is { } derivative ? upstream * derivative : null;
}
