namespace SimpleFlow;

/// <summary>Thrown when training cannot continue. Usually a number is no longer finite: the step that would have used it was not made, and
/// the model is as the step before left it.</summary>
public sealed class TrainingException(string message) : SimpleFlowException(message)
{
    /// <summary>The step that was not made, counted from 1 over the life of the model; null if the error is not about a step.</summary>
    public long? Iteration { get; internal init; }

    /// <summary>The node where numbers stop being finite, or the one that hands back a gradient that is not;
    /// null if that could not be found.</summary>
    public Node? Node { get; internal init; }

    /// <summary>The rows of the dataset in which the node is not finite, or of the feed, from 0;
    /// empty where the node has no row for each example.</summary>
    public IReadOnlyList<int> Rows { get; internal init; } = [];
}
