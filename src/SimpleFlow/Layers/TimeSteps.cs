namespace SimpleFlow;

/// <summary>How many time steps the recurrent layers of a description are written out to. Each becomes nodes of its own:
/// a few words in a file could ask for more than any memory.</summary>
internal sealed class TimeSteps
{
    // The nodes of a step of a GRU, which has the most, take 20 KB: 200 MB for so many. docs/limits.md says 24 KB.
    private const int Most = 10_000;
    private long _count;

    /// <summary>The sequence [batch, time, features] that a recurrent layer takes, if its steps are not too many.</summary>
    /// <exception cref="GraphException">They are.</exception>
    public Node Of(Node sequence, string layer)
    {
        // Anything else is refused by the layer itself.
        if (sequence.Shape.Rank == 3) _count += sequence.Shape[1] ?? 0;
        return _count <= Most ? sequence
            : throw new GraphException(
                $"The recurrent layers up to `{layer}` would be written out to {_count:N0} time steps, and {Most:N0} are the most: "
                    + $"`{sequence.Label}` is {sequence.Shape}. Make the sequence shorter.");
    }
}
