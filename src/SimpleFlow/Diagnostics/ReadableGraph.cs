namespace SimpleFlow;

/// <summary>Refuses to write or draw for people what no person can read: pages about a million nodes take many gigabytes.</summary>
internal static class ReadableGraph
{
    /// <summary>How many nodes a derivation, a trace or a picture may have. A page about so many takes about half a gigabyte to
    /// make.</summary>
    public const int MostNodes = 20_000;

    /// <summary>Refuses more nodes.</summary>
    /// <param name="nodes">How many there are.</param>
    /// <param name="what">What would be made of them: <c>derivation</c>.</param>
    /// <param name="advice">What to do.</param>
    /// <exception cref="GraphException">There are more.</exception>
    public static void Require(int nodes, string what, string advice)
    {
        if (nodes > MostNodes)
            throw new GraphException(
                $"A {what} of {nodes:N0} nodes is longer than anyone can read; the maximum is {MostNodes:N0}. {advice}");
    }
}
