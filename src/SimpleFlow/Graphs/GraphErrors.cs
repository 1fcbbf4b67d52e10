using System.Text;

namespace SimpleFlow;

/// <summary>Shapes or element types do not fit an op. The error is raised when the node is built.</summary>
public sealed class ShapeException : SimpleFlowException
{
    /// <summary>Creates the error from the violated rule and the advice.</summary>
    public ShapeException(string message, string advice) : base(message + "\n" + advice) => (Rule, Advice) = (message, advice);

    private ShapeException(string message, ShapeException inner) : base(message, inner) => (Rule, Advice) = (inner.Rule, inner.Advice);

    /// <summary>The violated rule, with the operands and their shapes.</summary>
    public string Rule { get; }

    /// <summary>What to do.</summary>
    public string Advice { get; }

    /// <summary>
    /// The wording of every error about shapes: the name of the op, loss or layer, the rule, where the operands were made, the advice. Ops
    /// state the rule only; the name and the places are filled in here, so that no op can get them wrong.
    /// </summary>
    internal static ShapeException Of(string name, IReadOnlyList<Node> operands, ShapeException cause)
    {
        var text = new StringBuilder($"{name}: {cause.Rule}");
        var places = operands.Where(input => input.MadeAt.IsKnown).Distinct()
            .Select((input, i) => $"`{input.Label}` {(i == 0 ? "was made at " : "at ")}{input.MadeAt}").ToArray();
        if (places.Length > 0) text.Append('\n').AppendJoin(", ", places).Append('.');
        text.Append('\n').Append(cause.Advice);
        return new ShapeException(text.ToString(), cause);
    }
}

/// <summary>A graph cannot be run: it has a loop, a loss without variables, or a placeholder that was not fed, for example.</summary>
public sealed class GraphException(string message, Exception? cause = null) : SimpleFlowException(message, cause)
{
    internal static GraphException Loop(Node node) =>
        new($"The graph has a loop through `{node.Label}`: its value would depend on itself. Compute nodes from placeholders, variables "
            + "and constants.");

    internal static GraphException AssignedTwice(Node variable) =>
        new($"The variable `{variable.Label}` is assigned twice in one step, but can take only one of the values. Combine them into one "
            + "assignment; an optimizer assigns every trainable variable, so an assignment of your own needs `trainable: false`.");

    internal static GraphException NotFed(Node placeholder) =>
        new($"The placeholder `{placeholder.Label}` {placeholder.Shape} was not fed, but a requested result depends on it. It was made at "
            + $"{placeholder.MadeAt}.\nAdd it to the feed: [{placeholder.Label}] = ….");

    internal static GraphException WrongFeed(Node placeholder, Shape actual) =>
        new($"The placeholder `{placeholder.Label}` has the shape {placeholder.Shape}, but was fed {actual}. It was made at "
            + $"{placeholder.MadeAt}.\nFeed an array of that shape, or a flat array whose length fills it.");
}
