namespace SimpleFlow.Benchmarks;

/// <summary>What a sum over ranks costs: so many messages one after the other, each with the seconds before its first byte and those of its
/// bytes (R. Hockney, "The communication challenge for MPP", 1994).</summary>
/// <param name="Latency">Seconds of a message.</param>
/// <param name="SecondsOfAByte">Seconds of a byte: sending, receiving and adding it up.</param>
internal sealed record SumCost(double Latency, double SecondsOfAByte)
{
    /// <summary>Fits both to measurements, with the smallest sum of squares of relative errors.</summary>
    /// <param name="ranks">How many ranks there were.</param>
    /// <param name="measured">The numbers of sums that were made one after the other, and the seconds of all of them.</param>
    public static SumCost Fit(int ranks, IReadOnlyList<(IReadOnlyList<int> Counts, double Seconds)> measured)
    {
        // The normal equations of two unknowns.
        double mm = 0, mb = 0, bb = 0, m1 = 0, b1 = 0;
        foreach (var (counts, seconds) in measured)
        {
            var m = counts.Sum(count => InSequence(ranks, count).Messages) / seconds;
            var b = counts.Sum(count => InSequence(ranks, count).Bytes) / seconds;
            (mm, mb, bb, m1, b1) = (mm + m * m, mb + m * b, bb + b * b, m1 + m, b1 + b);
        }
        var determinant = mm * bb - mb * mb;
        return new SumCost((m1 * bb - b1 * mb) / determinant, (b1 * mm - m1 * mb) / determinant);
    }

    /// <summary>The seconds of a sum of so many numbers.</summary>
    public double Of(int ranks, int count)
    {
        var (messages, bytes) = InSequence(ranks, count);
        return messages * Latency + bytes * SecondsOfAByte;
    }

    /// <summary>How many messages follow each other, and how many bytes are in them: in a tree all of them twice at every level, in a ring
    /// a part of them 2·(N − 1) times.</summary>
    private static (double Messages, double Bytes) InSequence(int ranks, int count)
    {
        var messages = Cluster.IsByTree(count) ? 2 * Math.Ceiling(Math.Log2(ranks)) : 2.0 * (ranks - 1);
        return (messages, messages * count * sizeof(float) / (Cluster.IsByTree(count) ? 1 : ranks));
    }
}
