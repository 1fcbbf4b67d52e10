namespace SimpleFlow;

/// <summary>How thorough a gradient check is.</summary>
public sealed record GradientCheckOptions
{
    /// <summary>The relative difference up to which a gradient counts as right, |a − d| / max(|a|, |d|).
    /// Right rules differ by some 10⁻⁹, wrong ones usually by more than 10⁻². Default: 10⁻⁶.</summary>
    public double Tolerance
    {
        get;
        init => field = value is > 0 and < 1 ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "A tolerance must lie between 0 and 1.");
    } = 1e-6;

    /// <summary>
    /// Whether to compare every element of every tensor, of every node and every input of an op.
    /// Without it, it compares 16 elements of a tensor with more, always the same ones; of a graph with more than 300 gradients, a sample
    /// of them; and 16 inputs of an op with more. For each element, all nodes after it are computed four times or more: for networks with
    /// many thousands of weights, or of nodes, this takes minutes.
    /// </summary>
    public bool All { get; init; }

    /// <summary>Receives how much of the gradients has been compared, from 0 to 1.</summary>
    public IProgress<double>? Progress { get; init; }
}
