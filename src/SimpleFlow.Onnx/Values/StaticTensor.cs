namespace SimpleFlow.Onnx;

/// <summary>A tensor of numbers that are known when the file is read, or once the sizes are: what shapes, axes and limits are made
/// of.</summary>
internal sealed class StaticTensor
{
    private readonly SizeExpression[]? _expressions;

    public StaticTensor(int[] sizes, double[] numbers) => (Sizes, Numbers) = (sizes, numbers);

    public StaticTensor(int[] sizes, SizeExpression[] expressions)
    {
        Sizes = sizes;
        var known = Array.ConvertAll(expressions, expression => expression.Known);
        if (Array.TrueForAll(known, number => number is not null)) Numbers = Array.ConvertAll(known, number => number!.Value);
        else _expressions = expressions;
    }

    public int[] Sizes { get; }

    /// <summary>The numbers in row-major order, or null if some of them wait for sizes.</summary>
    public double[]? Numbers { get; }

    public int Count => Numbers?.Length ?? _expressions!.Length;

    public bool IsKnown => Numbers is not null;

    public SizeExpression this[int index] => Numbers is null ? _expressions![index] : Numbers[index];

    /// <summary>Each number, or null while it waits for a size.</summary>
    public double?[] Partly => [.. Enumerable.Range(0, Count).Select(i => this[i].Known)];

    /// <summary>The nodes whose sizes it waits for.</summary>
    public IEnumerable<Node> Nodes => _expressions?.SelectMany(expression => expression.Nodes).Distinct() ?? [];

    /// <summary>The same with the sizes that nodes have in another place.</summary>
    public StaticTensor With(Func<Node, Shape> shapeOf) => IsKnown ? this
        : new StaticTensor(Sizes, Array.ConvertAll(_expressions!, expression =>
            expression.Value(shapeOf) is { } number ? number : expression));

    public override string ToString() =>
        $"[{string.Join(", ", Enumerable.Range(0, Math.Min(Count, 8)).Select(i => this[i].ToString()))}{(Count > 8 ? ", …" : "")}]";
}
