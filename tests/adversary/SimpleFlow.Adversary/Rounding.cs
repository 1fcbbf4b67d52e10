namespace SimpleFlow.Adversary;

/// <summary>
/// What rounding does to a node, as part of a program's twin: every element is off by an amount of its own, which grows and shrinks with
/// three numbers that are fed; and so is what flows back.
/// </summary>
internal sealed class Rounding
{
    private readonly Placeholder[] _sizes = [new("rounding 0", []), new("rounding 1", []), new("rounding 2", [])];
    private int _streams;

    /// <summary>The node, a little off.</summary>
    public Node Of(Node exact)
    {
        Node noise = 0f;
        foreach (var size in _sizes) noise += size * exact.RandomUniform(-1, 1, _streams++);
        return exact * (1f + noise) + 0.01f * noise;
    }

    /// <summary>Feeds sizes of up to this.</summary>
    public void Feed(Feed feed, Random random, double size)
    {
        foreach (var one in _sizes) feed[one] = (float)((2 * random.NextDouble() - 1) * size);
    }
}
