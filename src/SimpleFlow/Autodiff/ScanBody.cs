namespace SimpleFlow;

/// <summary>
/// What a <see cref="Scan"/> does at one step: a graph of its own. Its leaves are placeholders for the state before the step, for what the
/// step gets of each sequence, and for the nodes outside that are the same at every step.
/// </summary>
internal sealed class ScanBody
{
    /// <summary>How deep recurrences may be nested in each other.</summary>
    public const int MostNested = 32;

    private readonly Lock _deriving = new();
    private readonly Dictionary<string, ScanDerivative> _derivatives = new(StringComparer.Ordinal);
    private readonly HashSet<Node> _read;

    /// <param name="sequences">Stand for what a step gets of each sequence: its shape without the axis of time.</param>
    /// <param name="states">Stand for the states before the step.</param>
    /// <param name="captured">Stand for what is the same at every step.</param>
    /// <param name="next">The states after the step.</param>
    /// <param name="outputs">What each step says besides.</param>
    /// <param name="within">A body that says the same, and less, if there is one.</param>
    public ScanBody(Placeholder[] sequences, Placeholder[] states, Placeholder[] captured, Node[] next, Node[] outputs,
        ScanBody? within = null)
    {
        (Sequences, States, Captured, Next, Outputs, Within) = (sequences, states, captured, next, outputs, within);
        Leaves = [.. sequences, .. states, .. captured];
        Results = [.. next, .. outputs];
        Order = GraphOrder.Of(Results);
        Depth = 1 + Order.Select(node => node is Operation { Op: Scan scan } ? scan.Body.Depth : 0).DefaultIfEmpty().Max();
        _read = new HashSet<Node>(GraphOrder.Of(Results, valuesOnly: true), ReferenceEqualityComparer.Instance);
    }

    public Placeholder[] Sequences { get; }

    public Placeholder[] States { get; }

    public Placeholder[] Captured { get; }

    public Node[] Next { get; }

    public Node[] Outputs { get; }

    /// <summary>A body that says the same, and less: whoever computes this one need not compute that.</summary>
    public ScanBody? Within { get; }

    /// <summary>The leaves, in the order of the inputs of a scan.</summary>
    public Placeholder[] Leaves { get; }

    /// <summary>The states after the step, then the outputs.</summary>
    public Node[] Results { get; }

    /// <summary>How deep recurrences are nested in it, counting itself.</summary>
    public int Depth { get; }

    /// <summary>All its nodes, inputs before what is computed from them.</summary>
    public List<Node> Order { get; }

    /// <summary>Whether the value of a leaf is read, and not only its shape.</summary>
    public bool Reads(int leaf) => _read.Contains(Leaves[leaf]);

    /// <summary>The results for leaves of known shapes.</summary>
    /// <param name="leaves">The placeholders in place of the leaves.</param>
    public Node[] On(IReadOnlyList<Node> leaves)
    {
        var own = new Dictionary<Node, Node>(ReferenceEqualityComparer.Instance);
        for (var i = 0; i < Leaves.Length; i++) own[Leaves[i]] = leaves[i];
        return Rewriter.Run(Results, (node, inputs) =>
        {
            if (own.TryGetValue(node, out var leaf)) return leaf;
            if (node is not Operation operation) return node;
            operation.Specialise(Array.ConvertAll(inputs, input => input.Shape));
            return Rewriter.With(operation, inputs);
        });
    }

    /// <summary>Placeholders of known shapes for the leaves, given the shapes of a scan's inputs.</summary>
    public Placeholder[] LeavesFor(IReadOnlyList<Shape> inputs) =>
        [.. Leaves.Select((leaf, i) => new Placeholder(leaf.Name!,
            i < Sequences.Length ? inputs[i].Slice(1, inputs[i].Rank - 1) : inputs[i], leaf.ElementType, leaf.MadeAt.File,
            leaf.MadeAt.Line))];

    /// <summary>The derivative of the steps; the same for the same question, so that equal scans stay equal.</summary>
    public ScanDerivative Derivative(bool[] isNeeded, bool[] isArriving)
    {
        var question = string.Concat(isNeeded.Concat(isArriving).Select(yes => yes ? '1' : '0'));
        lock (_deriving)
        {
            if (!_derivatives.TryGetValue(question, out var derivative))
                _derivatives[question] = derivative = ScanDerivative.Of(this, isNeeded, isArriving);
            return derivative;
        }
    }
}
