namespace SimpleFlow;

/// <summary>One node in a trace.</summary>
public sealed record TraceRow
{
    /// <summary>Its number, by which rules name nodes that have no name: its place among the rows.</summary>
    public required int Number { get; init; }

    /// <summary>The node.</summary>
    public required Node Node { get; init => field = Required.Value(value); }

    /// <summary>The numbers of the rows it is computed from; inputs of which only the shape
    /// matters may have none, and are left out.</summary>
    public required IReadOnlyList<int> Inputs { get; init; }

    /// <summary>Its value, in float64.</summary>
    public required TensorStatistics Value { get; init; }

    /// <summary>∂loss/∂node; null if nothing flows back.</summary>
    public required TensorStatistics? Gradient { get; init; }

    /// <summary>What it hands back: for each input through which something flows, ∂loss/∂input by δ of this node, <c>δ(w) += xᵀ·δ(y)</c>.
    /// Several uses of a node add up.</summary>
    public required IReadOnlyList<string> LocalRules { get; init; }

    /// <summary>How long its plain evaluation took; zero for nodes that are not computed.
    /// The compiled reading is hundreds of times faster.</summary>
    public required TimeSpan Time { get; init; }

    /// <summary>For a variable that an optimizer changes: what the next training step would add to it.</summary>
    public required TensorStatistics? Update { get; init; }

    /// <summary>The gradient compared with differences; null if it was not asked for.</summary>
    public required NodeGradientCheck? Differences { get; init; }

    /// <summary>What kind of node it is: the op with its attributes, or placeholder, variable, constant.</summary>
    public string Kind => Node is Operation operation ? operation.Op.ToString() : Node.GetType().Name.ToLowerInvariant();
}
