namespace SimpleFlow;

/// <summary>The nodes of a network. Its variables have no memory before they are used.</summary>
/// <param name="Input">The placeholder of the examples.</param>
/// <param name="Target">The placeholder of the targets.</param>
/// <param name="Scores">The output of the last layer.</param>
/// <param name="Loss">What training lowers.</param>
/// <param name="Metrics">What is watched.</param>
internal sealed record NetworkGraph(Placeholder Input, Placeholder Target, Node Scores, Node Loss, Node[] Metrics)
{
    /// <summary>Builds the graph of a description.</summary>
    /// <exception cref="ShapeException">A layer does not fit what comes in.</exception>
    /// <exception cref="GraphException">Two variables would have the same name.</exception>
    public static NetworkGraph Of(NetworkDescription description, TrainingChoices choices)
    {
        ArgumentNullException.ThrowIfNull(description);
        return Of(description, choices, input =>
        {
            var last = new Sequential(description.Layers).Build(description.Input.Build((Placeholder)input));
            if (last.Shape.Rank == 4 || last.Shape.Rank == 3 && description.Input is not TextInput) last = last.Flatten();
            return Layers.Dense(last, description.Output.Width, name: "scores");
        });
    }

    /// <summary>Builds a graph whose scores are computed in a way of the caller's own.</summary>
    /// <exception cref="ShapeException">The scores have another shape than the output needs.</exception>
    /// <exception cref="GraphException">Two variables would have the same name.</exception>
    public static NetworkGraph Of(NetworkDescription description, TrainingChoices choices, Func<Node, Node> build)
    {
        var input = description.Input.Placeholder();
        var target = description.Output.Placeholder(description.Input);
        var scores = build(input);
        if (scores.Shape.Rank == 0 || scores.Shape[^1] is { } width && width != description.Output.Width)
            throw new ShapeException(
                $"`{scores.Label}` {scores.Shape} gives the scores, and the output needs {description.Output.Width} for each example.",
                "Name as many classes as there are scores, or one amount for a single number.");
        // Layers of somebody else's may take a fixed number of rows at a time.
        if (scores.Shape[0] is { } rows) target = new Placeholder(target.Name!, target.Shape.With(0, rows), target.ElementType);
        var (loss, metrics) = description.Output.Measure(scores, target, choices);
        var graph = new NetworkGraph(input, target, scores, loss, metrics);
        if (graph.Variables.GroupBy(variable => variable.Name, StringComparer.Ordinal)
            .FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new GraphException($"Two variables are called `{twice.Key}`: give their layers different names.");
        return graph;
    }

    /// <summary>The variables, in the order in which the graph reaches them.</summary>
    public IEnumerable<Variable> Variables => GraphOrder.Of([Loss, Scores, .. Metrics]).OfType<Variable>();
}
