namespace SimpleFlow;

/// <summary>The variables that a model trains, with the gradients of its loss.</summary>
internal sealed class TrainedVariables
{
    /// <param name="graph">What the model computes.</param>
    /// <param name="chosen">What it is told to train; null: all trainable variables that a gradient reaches.</param>
    /// <exception cref="GraphException">No gradient of a loss reaches a trainable variable, or one of those chosen.</exception>
    /// <exception cref="ArgumentException">Nothing is chosen, or a variable that is not trainable.</exception>
    public TrainedVariables(ModelGraph graph, IReadOnlyList<Variable>? chosen)
    {
        var loss = graph.Losses.Length == 0 ? "the loss" : $"`{graph.Losses[0].Label}`";
        Variable[] candidates = [.. GraphOrder.Of([graph.Total], valuesOnly: true).OfType<Variable>().Where(variable =>
            variable.IsTrainable)];
        if (chosen is not null) CheckTrainable(chosen);
        else if (candidates.Length == 0)
            throw new GraphException($"{loss} depends on no trainable variable: there is nothing to train.");
        // The optimizer must leave a variable behind a StopGradient alone: it must not decay either.
        var sweep = new BackwardSweep(graph.Total, candidates);
        Variables = [.. candidates.Where(variable => sweep.GradientOf(variable) is not null && chosen?.Contains(variable) != false)];
        if (chosen?.Except(Variables).Select(variable => $"`{variable.Name}`").ToList() is { Count: > 0 } unreached)
            throw new GraphException(
                $"No gradient of {loss} reaches {string.Join(", ", unreached)}, which `trained` names. Name variables that the loss is "
                    + "computed from.");
        if (Variables.Count == 0)
            throw new GraphException(
                $"No gradient of {loss} reaches a trainable variable: there is nothing to train. Something between "
                    + "them stops it, such as StopGradient, ArgMax or a comparison.");
        Gradients = [.. Variables.Select(variable => sweep.GradientOf(variable)!)];
    }

    /// <summary>The variables, in the order in which the graph reaches them.</summary>
    public IReadOnlyList<Variable> Variables { get; }

    /// <summary>The gradient of the loss by each.</summary>
    public IReadOnlyList<Node> Gradients { get; }

    private static void CheckTrainable(IReadOnlyList<Variable> trained)
    {
        if (trained.Count == 0) throw new ArgumentException("No variable is named: there is nothing to train.", nameof(trained));
        if (trained.FirstOrDefault(variable => !variable.IsTrainable) is { } fixedOne)
            throw new ArgumentException(
                $"`{fixedOne.Name}` was made with trainable: false, and cannot be trained.", nameof(trained));
    }
}
