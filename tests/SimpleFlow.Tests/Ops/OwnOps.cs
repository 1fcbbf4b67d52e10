namespace SimpleFlow.Tests.Ops;

// Ops as a user writes them. In a project of their own they say `protected override`; this one sees internals, too.

/// <summary>x / (1 + |x|) with what is needed and no more.</summary>
internal sealed record Softsign : Unary
{
    protected internal override double Plain(double x) => x / (1 + Math.Abs(x));

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        upstream / (1f + node.Inputs[0].Abs()).Power(2);
}

/// <summary>x · sigmoid(βx): an attribute, a tile and a notation of its own.</summary>
internal sealed record Swish(float Beta) : Unary
{
    protected internal override double Plain(double x) => x / (1 + Math.Exp(-Beta * x));

    protected internal override Node? Gradient(Operation node, Node upstream, int input)
    {
        var gate = (Beta * node.Inputs[0]).Sigmoid();
        return upstream * (gate + Beta * node * (1f - gate));
    }

    protected internal override Formula Notation(Formula[] inputs) =>
        Formula.Product(inputs[0], Formula.Call("sigmoid", Formula.Product($"{Beta}", inputs[0])));

    protected override void Tile(ReadOnlySpan<float> x, Span<float> y)
    {
        for (var i = 0; i < y.Length; i++) y[i] = x[i] / (1 + MathF.Exp(-Beta * x[i]));
    }
}

/// <summary>√(left² + right²).</summary>
internal sealed record Hypotenuse : Binary
{
    public Hypotenuse(Node right) : base(right) { }

    protected internal override double Plain(double left, double right) => Math.Sqrt(left * left + right * right);

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => upstream * node.Inputs[input] / node;
}

/// <summary>The running sum along the last axis, from the front or from the back, row by row.</summary>
internal sealed record RunningSum(bool FromBack = false) : CustomOp
{
    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0].Rank > 0 ? inputs[0]
        : throw new ShapeException("a running sum needs an axis to run along.", "Give the number an axis of size 1.");

    protected internal override Node? Gradient(Operation node, Node upstream, int input) =>
        Flow.AddFlow(upstream, new RunningSum(!FromBack));

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        var (length, step) = (result.Size(-1), FromBack ? -1 : 1);
        for (var start = FromBack ? length - 1 : 0; start < result.Values.Length; start += length)
        {
            double sum = 0;
            for (var i = 0; i < length; i++) result.Values[start + i * step] = sum += inputs[0].Values[start + i * step];
        }
    }

    protected override void Run(OpRun run)
    {
        var x = run.Input(0)[run.Start..];
        var y = run.Result;
        var length = run.Size(0, -1);
        for (var start = 0; start < y.Length; start += length)
        {
            float sum = 0;
            for (var i = 0; i < length; i++)
            {
                var at = start + (FromBack ? length - 1 - i : i);
                y[at] = sum += x[at];
            }
        }
    }

    protected override int BlockOf(Shape result) => (int)result[^1]!;
}

/// <summary>The elements of the rows of a matrix at given columns: an input of whole numbers, and no kernel of its own.</summary>
internal sealed record Pick : CustomOp
{
    public Pick(Node columns) : base(columns) { }

    protected override Shape ShapeOf(ReadOnlySpan<Shape> inputs) => inputs[0].Rank == 2 && inputs[1].Rank == 1 ? inputs[1]
        : throw new ShapeException("it picks one element of every row of a matrix.", "Give it a matrix and a column for each row.");

    protected override ElementType TypeOf(int input) => input == 0 ? ElementType.Float32 : ElementType.Int32;

    protected override void Plain(IReadOnlyList<PlainTensor> inputs, PlainTensor result)
    {
        for (var row = 0; row < result.Size(0); row++) result[row] = inputs[0][row, (int)inputs[1][row]];
    }

    protected internal override Node? Gradient(Operation node, Node upstream, int input) => input != 0 ? null
        : upstream.Reshape([null, 1]) * node.Inputs[1].OneHot((int)node.Inputs[0].Shape[1]!);
}
