namespace SimpleFlow.Onnx;

/// <summary>
/// A number that is known once the sizes are: a size of a node, or what was computed from sizes and constants. ONNX writes such numbers as
/// nodes (Shape, Gather, Mul, Concat, …); here they are expressions, so that the graph has only what computes with data.
/// </summary>
internal abstract record SizeExpression
{
    /// <summary>The number, or null while a size that it depends on is unknown.</summary>
    /// <param name="shapeOf">The shape of a node that it depends on.</param>
    public abstract double? Value(Func<Node, Shape> shapeOf);

    // An exporter needs a dozen; and expressions are evaluated by recursion.
    private const int Deepest = 500;

    private int Depth { get; init; }

    /// <summary>The number, if the graph itself knows it.</summary>
    public double? Known => Value(node => node.Shape);

    /// <summary>The nodes whose sizes it depends on.</summary>
    public abstract IEnumerable<Node> Nodes { get; }

    public static implicit operator SizeExpression(double number) => new Number(number);

    /// <summary>A size of a node, or the number that it is.</summary>
    public static SizeExpression Of(Node node, int axis) => node.Shape[axis] is { } size ? size : new Size(node, axis);

    /// <summary>What a function makes of some numbers.</summary>
    /// <exception cref="OnnxException">It is computed in more steps than any model needs.</exception>
    public static SizeExpression Of(string function, Func<double[], double> formula, params SizeExpression[] arguments)
    {
        if (arguments.Length > 0 && arguments.Max(argument => argument.Depth) > Deepest)
            throw new OnnxException($"a size is computed from others in more than {Deepest} steps.");
        var depth = 1 + arguments.Select(argument => argument.Depth).DefaultIfEmpty().Max();
        var applied = new Applied(function, formula, arguments) { Depth = depth };
        return applied.Known is { } number ? number : applied;
    }

    private sealed record Number(double Is) : SizeExpression
    {
        public override double? Value(Func<Node, Shape> shapeOf) => Is;

        public override IEnumerable<Node> Nodes => [];

        public override string ToString() => $"{Is}";
    }

    private sealed record Size(Node Node, int Axis) : SizeExpression
    {
        public override double? Value(Func<Node, Shape> shapeOf) => shapeOf(Node)[Axis];

        public override IEnumerable<Node> Nodes => [Node];

        public override string ToString() => $"size {Axis} of {Node.Label}";
    }

    private sealed record Applied(string Function, Func<double[], double> Formula, SizeExpression[] Arguments) : SizeExpression
    {
        public override double? Value(Func<Node, Shape> shapeOf)
        {
            var numbers = new double[Arguments.Length];
            for (var i = 0; i < numbers.Length; i++)
            {
                if (Arguments[i].Value(shapeOf) is not { } number) return null;
                numbers[i] = number;
            }
            return Formula(numbers);
        }

        public override IEnumerable<Node> Nodes => Arguments.SelectMany(argument => argument.Nodes);

        public override string ToString() => $"{Function}({string.Join(", ", Arguments.Select(argument => argument.ToString()))})";
    }
}
