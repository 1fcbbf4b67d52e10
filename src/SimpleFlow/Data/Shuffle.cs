using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>The order in which an epoch visits the rows: a function of seed and epoch alone, so that a resumed run needs nothing else.</summary>
internal static class Shuffle
{
    // Streams of random numbers that no node of a graph uses: nodes count theirs up from 0.
    internal const uint EpochStream = uint.MaxValue;
    internal const uint SplitStream = uint.MaxValue - 1;

    /// <summary>Fills <paramref name="order"/> with 0, 1, 2, … in random order (Fisher and Yates): each of the orders equally likely.</summary>
    public static void Fill(Span<int> order, ulong seed, long epoch, uint stream = EpochStream)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = Philox.Below(i + 1, seed, stream, epoch, i);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }
}
