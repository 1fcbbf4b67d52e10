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
        for (var i = order.Length - 1; i > 0; i--)
        {
            var other = Philox.Below(i + 1, seed, (stream ?? RandomStreams.Epochs)[0], epoch, i);
            (order[i], order[other]) = (order[other], order[i]);
        }
    }

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
