namespace SimpleFlow;

/// <summary>What a drawing shows beside the forward graph.</summary>
public sealed record DrawingOptions
{
    /// <summary>Whether the nodes of back-propagation are drawn, too: how the gradient of every trainable variable is computed, or of every
    /// placeholder of floats if there is no variable.</summary>
    public bool Gradients { get; init; }

    /// <summary>Whether nodes whose names share the part before the last slash become one box:
    /// <c>dense/w</c>, <c>dense/b</c> and <c>dense/x·w</c> become <c>dense</c>.</summary>
    public bool Collapse { get; init; }

    /// <summary>What to feed, so that every box shows its value and, if there is a loss, its gradient, both from the plain reading; null:
    /// no numbers.</summary>
    public Feed? Feed { get; init; }

    /// <summary>The outputs that are losses; null: every output that is one float, or every output of floats if none is.</summary>
    public IReadOnlyList<Node>? Losses { get; init; }

    /// <summary>A line above the picture.</summary>
    public string? Title { get; init; }
}
