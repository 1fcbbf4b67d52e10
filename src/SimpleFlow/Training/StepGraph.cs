namespace SimpleFlow;

/// <summary>The nodes that a training step computes before it changes anything.</summary>
/// <param name="Local">What is trained, as far as the rows of this process say; the same as the total if there is no other.</param>
/// <param name="Watched">The total of the losses, the losses, the metrics, and what these are made of, over all rows of the batch.</param>
/// <param name="Gradients">The gradients of the trained variables, over all rows of the batch.</param>
/// <param name="Averages">The running averages, with the statistics that they follow.</param>
internal sealed record StepGraph(
    Node Local, IReadOnlyList<Node> Watched, IReadOnlyList<Node> Gradients, IReadOnlyList<Operation> Averages)
{
    /// <summary>What training lowers.</summary>
    public Node Total => Watched[0];

    /// <summary>The step of one process that has all rows.</summary>
    /// <param name="graph">What the model computes.</param>
    /// <param name="gradients">The gradients of the variables that are trained.</param>
    /// <param name="frozen">Variables that are left alone.</param>
    public static StepGraph Of(ModelGraph graph, IReadOnlyList<Node> gradients, IReadOnlySet<Variable> frozen) =>
        new(graph.Total, graph.Watched, gradients, AveragesOf(graph.Total, frozen));

    /// <summary>The running averages that are not frozen.</summary>
    public static IReadOnlyList<Operation> AveragesOf(Node total, IReadOnlySet<Variable> frozen) =>
        [.. GraphOrder.Of([total], valuesOnly: true).OfType<Operation>()
            .Where(node => node.Op is RunningAverage && !frozen.Contains((Variable)node.InputArray[1]))];
}
