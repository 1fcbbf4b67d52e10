namespace SimpleFlow;

/// <summary>Counts the time steps that the recurrent layers of a description are unrolled to, and limits them. Each step becomes nodes of
/// its own, so a few words in a file could otherwise use up all memory.</summary>
internal sealed class TimeSteps
{
    // A step of a GRU, which has the most nodes, takes 20 KB: 200 MB for the maximum. docs/limits.md says 24 KB.
    private const int Most = 10_000;
    private long _count;

    /// <summary>The sequence [batch, time, features] that a recurrent layer takes, once its steps are counted.</summary>
    /// <exception cref="GraphException">There are too many steps.</exception>
    public Node Of(Node sequence, string layer)
    {
        // The layer itself refuses anything else.
        if (sequence.Shape.Rank == 3) _count += sequence.Shape[1] ?? 0;
        return _count <= Most ? sequence
            : throw new GraphException(
                $"The recurrent layers up to `{layer}` would be unrolled to {_count:N0} time steps; the maximum is {Most:N0}: "
                    + $"`{sequence.Label}` is {sequence.Shape}. Make the sequence shorter.");
    }
}
