using SimpleFlow.Compilation;
using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>
/// Runs a training step once more, up to its gradients, with the same kernels in the same float32, but in a plan that keeps the value of
/// every node. It changes nothing: it runs on what the step was fed, on the variables that the step has not touched, and draws the step's
/// own random numbers.
/// </summary>
internal sealed class StepReplay
{
    private readonly Executable _executable;
    private readonly Dictionary<Node, int> _outputs = new(ReferenceEqualityComparer.Instance);

    /// <param name="ends">The nodes to look at; all that they are computed from can be looked at too.</param>
    /// <param name="step">The step as it ran.</param>
    /// <param name="clock">Its number and seed.</param>
    /// <param name="options">On how many threads it ran.</param>
    public StepReplay(IEnumerable<Node> ends, Executable step, StepClock clock, CompilerOptions options)
    {
        Order = GraphOrder.Of(ends, valuesOnly: true);
        // An assignment is read as the value that it assigns, and not made.
        var nodes = Rewriter.Run([.. Order], (node, inputs) =>
            node is not Operation operation ? node : operation.Op is Assign ? inputs[1] : Rewriter.With(operation, inputs));
        for (var i = 0; i < nodes.Length; i++) _outputs[Order[i]] = i;
        Rows = step.Plan.Fed.Values.Where(shape => shape.Rank > 0).Select(shape => shape[0]).Distinct().ToList() is [{ } rows] ? rows
            : null;
        _executable = new Executable(Compiler.Compile(nodes, step.Plan.Fed, options), clock);
        foreach (var placeholder in step.Plan.Fed.Keys)
        {
            if (_executable.Reads(placeholder) && step.Reads(placeholder))
                step.Feed(placeholder).Span.CopyTo(_executable.Feed(placeholder).Span);
        }
        _executable.Run();
    }

    /// <summary>All nodes, inputs before what is computed from them.</summary>
    public List<Node> Order { get; }

    /// <summary>How many rows were fed, if all placeholders agree.</summary>
    public long? Rows { get; }

    /// <summary>What the node was.</summary>
    public NumberRange RangeOf(Node node)
    {
        var region = _executable.Output(_outputs[node]);
        return node.ElementType == ElementType.Int32
            ? NumberRange.Of(Array.ConvertAll(region.IntegerSpan.ToArray(), number => (float)number), region.Sizes)
            : NumberRange.Of(region.Span, region.Sizes);
    }

    /// <summary>The elements of a node of floats, and its sizes.</summary>
    public (float[] Elements, int[] Sizes) Elements(Node node)
    {
        var region = _executable.Output(_outputs[node]);
        return (region.Span.ToArray(), region.Sizes);
    }

    /// <summary>
    /// The rows of the batch in which the node has numbers that are not finite; none where it has no row for each example.
    /// Its first axis is the batch if its size was unknown until it was fed, and for what is fed itself.
    /// </summary>
    public IReadOnlyList<int> RowsOf(Node node)
    {
        var region = _executable.Output(_outputs[node]);
        if (node.ElementType == ElementType.Int32 || region.Sizes.Length == 0 || region.Sizes[0] != Rows
            || !(node is Placeholder || node.Shape[0] is null))
            return [];
        var length = region.Count / region.Sizes[0];
        var rows = new List<int>();
        for (var row = 0; row < region.Sizes[0]; row++)
        {
            if (NumberRange.Of(region.Span.Slice(row * length, length), [length]).NonFinite > 0) rows.Add(row);
        }
        return rows;
    }
}
