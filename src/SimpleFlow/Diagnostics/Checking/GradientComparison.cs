namespace SimpleFlow;

/// <summary>A gradient compared with differences, element by element.</summary>
public abstract class GradientComparison
{
    private protected GradientComparison(Shape shape, IReadOnlyList<CheckedElement> elements, double tolerance)
    {
        Shape = shape;
        Elements = elements;
        Agrees = true;
        foreach (var element in elements)
        {
            if (element.IsKink) continue;
            if (Worst is null || element.Relative > Worst.Relative) Worst = element;
            LargestAbsolute = Math.Max(LargestAbsolute, element.Absolute);
            Agrees &= element.Relative <= tolerance;
        }
    }

    /// <summary>The gradient's shape.</summary>
    public Shape Shape { get; }

    /// <summary>What was compared: all elements, or a sample of many.</summary>
    public IReadOnlyList<CheckedElement> Elements { get; }

    /// <summary>How many of the <see cref="Elements"/> have no derivative, and do not count.</summary>
    public int Kinks => Elements.Count(element => element.IsKink);

    /// <summary>The element with the largest relative difference; null if none counts.</summary>
    public CheckedElement? Worst { get; }

    /// <summary>The largest absolute difference.</summary>
    public double LargestAbsolute { get; }

    /// <summary>The largest relative difference, which is what the tolerance is for.</summary>
    public double LargestRelative => Worst?.Relative ?? 0;

    /// <summary>Whether no element that counts differs by more than the tolerance.</summary>
    public bool Agrees { get; }
}

/// <summary>∂loss/∂node, which is right if every rule between the node and the loss is.</summary>
public sealed class NodeGradientCheck : GradientComparison
{
    internal NodeGradientCheck(Node node, Shape shape, IReadOnlyList<CheckedElement> elements, double tolerance)
        : base(shape, elements, tolerance) => Node = node;

    /// <summary>The variable or the node.</summary>
    public Node Node { get; }
}

/// <summary>
/// The check of one op on its own: its rule for one input, with made-up numbers arriving at its result, compared with differences of its
/// own values. No other op is involved.
/// </summary>
public sealed class RuleGradientCheck : GradientComparison
{
    internal RuleGradientCheck(Operation node, int input, Shape shape, IReadOnlyList<CheckedElement> elements, double tolerance,
        string? problem = null) : base(shape, elements, tolerance) =>
        (Node, Input, Problem) = (node, input, problem);

    /// <summary>The node with the op.</summary>
    public Operation Node { get; }

    /// <summary>Which of the node's inputs, from 0.</summary>
    public int Input { get; }

    /// <summary>Why the rule gives no numbers to compare, such as one of a wrong shape; null if it gives some.</summary>
    public string? Problem { get; }

    /// <summary>Whether the rule is right.</summary>
    public bool IsRight => Problem is null && Agrees;
}
