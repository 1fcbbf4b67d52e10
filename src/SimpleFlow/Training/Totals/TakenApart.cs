using SimpleFlow.Compilation;

namespace SimpleFlow;

/// <summary>
/// Finds, from what is fed to the losses and metrics, where the rows of a batch are first brought together:
/// in a sum, a mean or a maximum along an axis whose size is unknown, a matrix product along such an axis, or a count.
/// What is computed from these alone has a formula in which placeholders stand for them.
/// </summary>
internal sealed class TakenApart
{
    private const int MostNumbers = 4096;        // behind one loss or metric

    private readonly Dictionary<Node, Form> _forms = new(ReferenceEqualityComparer.Instance);
    private readonly Dictionary<Placeholder, (Node Node, TotalKind Kind)> _brought = new(ReferenceEqualityComparer.Instance);

    public TakenApart(IReadOnlyList<Node> numbers)
    {
        foreach (var node in GraphOrder.Of(numbers)) _forms[node] = FormOf(node);
    }

    private enum Kind
    {
        Rows,           // it has rows, or we do not know
        Constant,       // always the same
        Fixed,          // the same for all rows of a step: made of variables
        Linear,         // made of means in such a way that the mean of what is made of batches is right
        Other,          // made of sums, means and maxima in another way
    }

    private sealed record Form(Kind Kind, Node Node);

    /// <summary>What a placeholder of a formula stands for.</summary>
    public (Node Node, TotalKind Kind) this[Placeholder placeholder] => _brought[placeholder];

    /// <summary>The formula for a number; null if the mean over batches is right, or nothing better is known.</summary>
    public Node? Formula(Node number)
    {
        var form = _forms[number];
        if (form.Kind != Kind.Other) return null;
        return GraphOrder.Of([form.Node]).OfType<Placeholder>().Sum(placeholder => placeholder.Shape.ElementCount) <= MostNumbers
            ? form.Node : null;
    }

    private Form FormOf(Node node)
    {
        if (node is Constant) return new Form(Kind.Constant, node);
        if (node is Variable) return new Form(Kind.Fixed, node);
        if (node is not Operation operation) return new Form(Kind.Rows, node);
        Form[] inputs = Array.ConvertAll(operation.InputArray, input => _forms[input]);
        if (Array.TrueForAll(inputs, input => input.Kind <= Kind.Fixed && input.Kind != Kind.Rows))
            return new Form(operation.Op.HasEffect || Array.Exists(inputs, input => input.Kind == Kind.Fixed) ? Kind.Fixed : Kind.Constant,
                node);
        if (BringsTogether(operation) is { } kind) return StandIn(node, kind);
        // A running average is of a variable, for which nothing can stand.
        if (operation.Op.HasEffect || operation.Op is RunningAverage || !node.Shape.IsKnown
            || Array.Exists(inputs, input => input.Kind == Kind.Rows))
            return new Form(Kind.Rows, node);
        // What is made of variables changes from step to step: its mean counts.
        inputs = Array.ConvertAll(inputs,
            input => input.Kind == Kind.Fixed && input.Node.ElementType == ElementType.Float32 && input.Node.Shape.IsKnown
                ? StandIn(input.Node, TotalKind.Mean) : input);
        if (Array.Exists(inputs, input => input.Kind == Kind.Fixed)) return new Form(Kind.Rows, node);
        return new Form(IsLinear(operation.Op, inputs) ? Kind.Linear : Kind.Other,
            Rewriter.With(operation, Array.ConvertAll(inputs, input => input.Node)));
    }

    private Form StandIn(Node node, TotalKind kind)
    {
        var placeholder = new Placeholder(kind.ToString(), node.Shape);
        _brought[placeholder] = (node, kind);
        return new Form(kind == TotalKind.Mean ? Kind.Linear : Kind.Other, placeholder);
    }

    /// <summary>How a node brings rows together; null if it does not.</summary>
    public static TotalKind? BringsTogether(Node operation)
    {
        if (operation is not Operation node || !node.Shape.IsKnown || node.InputArray[0].Shape.IsKnown) return null;
        return node.Op switch
        {
            ReduceMean => TotalKind.Mean,
            ReduceSum or CountElements => TotalKind.Sum,
            ReduceMax => TotalKind.Max,
            MatMul when !node.InputArray[1].Shape.IsKnown => TotalKind.Sum,
            _ => null,
        };
    }

    private static bool IsLinear(Op op, Form[] inputs) => op switch
    {
        Add or Subtract or Negate or Reshape or Unsqueeze or Broadcast or Transpose or ReduceSum or ReduceMean =>
            !Array.Exists(inputs, input => input.Kind == Kind.Other),
        Multiply => inputs.Count(input => input.Kind == Kind.Linear) == 1 && !Array.Exists(inputs, input => input.Kind == Kind.Other),
        Divide => inputs[0].Kind == Kind.Linear && inputs[1].Kind == Kind.Constant,
        _ => false,
    };
}
