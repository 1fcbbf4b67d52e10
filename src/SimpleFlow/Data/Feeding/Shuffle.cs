using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>The order in which an epoch visits the rows: a function of seed and epoch alone, so
/// that a resumed run needs nothing else.</summary>
internal static class Shuffle
{
    /// <summary>Fills <paramref name="order"/> with 0, 1, 2, … in random order (Fisher and Yates):
    /// each of the orders equally likely.</summary>
    public static void Fill(Span<int> order, ulong seed, long epoch, StreamRange? stream = null)
    {
        for (var i = 0; i < order.Length; i++) order[i] = i;
        // The places are drawn some at a time, before the swaps: of ten million rows, most are not in the cache, and this way the processor
        // fetches many at once. The order is the same as if they were drawn one by one.
        Span<int> others = stackalloc int[DrawnAtOnce];
        for (int last = order.Length - 1, first; last > 0; last = first - 1)
        {
            first = Math.Max(1, last - DrawnAtOnce + 1);
            var drawn = others[..(last - first + 1)];
            Philox.FillBelowNext(drawn, seed, (stream ?? RandomStreams.Epochs)[0], epoch, first);
            foreach (var other in drawn) CachePrefetch.Of(ref order[other]);
            for (var i = last; i >= first; i--) (order[i], order[drawn[i - first]]) = (order[drawn[i - first]], order[i]);
        }
    }

    /// <summary>Fills <paramref name="order"/> with 0, 1, 2, … in an order in which rows that come one after the other can be read: one
    /// window after the other, each shuffled for itself.</summary>
    public static void FillWithin(Span<int> order, int window, ulong seed, long epoch)
    {
        for (var (start, number) = (0, 0L); start < order.Length; start += window, number++)
        {
            var block = order.Slice(start, Math.Min(window, order.Length - start));
            // Epochs are counted in 32 bits: each window of each epoch draws numbers of its own.
            Fill(block, seed, epoch + (number << 32));
            foreach (ref var row in block) row += start;
        }
    }

    private const int DrawnAtOnce = 64;

    /// <summary>
    /// Fills <paramref name="chosen"/> with different rows out of 0 to <paramref name="rows"/> − 1, each
    /// choice equally likely, without a list of all rows (R. W. Floyd, in Bentley's "Programming pearls: a sample of brilliance", 1987).
    /// </summary>
    public static void Sample(Span<int> chosen, int rows, ulong seed, long draw)
    {
        var taken = new HashSet<int>(chosen.Length);
        for (var i = 0; i < chosen.Length; i++)
        {
            var last = rows - chosen.Length + i;       // each time one more row may be drawn: this one, which cannot have been taken before
            var row = Philox.Below(last + 1, seed, RandomStreams.Samples[0], draw, i);
            if (!taken.Add(row)) taken.Add(row = last);
            chosen[i] = row;
        }
    }
}
