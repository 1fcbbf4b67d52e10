using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>What all ranks do together, made of exchanges between two of them. The order of every sum depends on the number of ranks and of
/// elements alone.</summary>
internal static class Collectives
{
    /// <summary>
    /// Sums in a ring: each rank sends 2·(N − 1)/N of its numbers, the least possible, whatever N is (P. Patarasuk and X. Yuan, "Bandwidth
    /// optimal all-reduce algorithms for clusters of workstations", 2009). Chunk c is summed by ranks c, c + 1, … in turn, and then handed
    /// round.
    /// </summary>
    /// <param name="link">The cluster.</param>
    /// <param name="values">This rank's numbers, replaced by the sums.</param>
    /// <param name="room">Room for a chunk.</param>
    public static void SumByRing(Cluster link, Span<float> values, Span<float> room)
    {
        var (rank, size) = (link.Rank, link.Size);
        var (next, before) = ((rank + 1) % size, (rank + size - 1) % size);
        for (var step = 0; step < size - 1; step++)
        {
            var summed = Chunk(values, rank - step - 1, size);
            var received = room[..summed.Length];
            Send(link, Chunk(values, rank - step, size), next, received, before);
            TensorPrimitives.Add(received, summed, summed);
        }
        for (var step = 0; step < size - 1; step++)
            Send(link, Chunk(values, rank + 1 - step, size), next, Chunk(values, rank - step, size), before);
    }

    /// <summary>Adds up, or compares, in a tree with rank 0 at its root, and hands the result down again: 2·log₂ N messages one after
    /// another, for few numbers.</summary>
    public static void ReduceByTree(Cluster link, Span<float> values, Span<float> room, RankReduction reduction)
    {
        var (rank, size) = (link.Rank, link.Size);
        var received = room[..values.Length];
        for (var distance = 1; distance < size; distance *= 2)
        {
            if ((rank & distance) != 0)
            {
                Send(link, values, rank - distance, [], from: -1);
                break;
            }
            if (rank + distance >= size) continue;
            Send(link, [], to: -1, received, rank + distance);
            if (reduction == RankReduction.Sum) TensorPrimitives.Add(values, received, values);
            else TensorPrimitives.Max(values, received, values);
        }
        Broadcast(link, Cluster.Bytes(values), root: 0);
    }

    /// <summary>Copies bytes of one rank to all others, in a tree.</summary>
    public static void Broadcast(Cluster link, Span<byte> values, int root)
    {
        var size = link.Size;
        var place = (link.Rank - root + size) % size;          // the root is at place 0
        var distance = 1;
        while (distance < size && (place & distance) == 0) distance *= 2;
        if (place != 0) Send(link, [], to: -1, values, RankAt(place - distance));
        for (distance /= 2; distance > 0; distance /= 2)
        {
            if (place + distance < size) Send(link, values, RankAt(place + distance), [], from: -1);
        }

        int RankAt(int other) => (other + root) % size;
    }

    /// <summary>Hands everybody's block round the ring.</summary>
    public static void AllGather(Cluster link, Span<byte> all)
    {
        var (rank, size) = (link.Rank, link.Size);
        var length = all.Length / size;
        for (var step = 0; step < size - 1; step++)
        {
            var (sent, received) = ((rank - step + size) % size, (rank - step - 1 + size) % size);
            Send(link, all.Slice(sent * length, length), (rank + 1) % size, all.Slice(received * length, length), (rank + size - 1) % size);
        }
    }

    /// <summary>Waits for all: after round k, a rank has heard of the 2ᵏ ranks before it (D. Hensgen and others, "Two algorithms for
    /// barrier synchronization", 1988).</summary>
    public static void Barrier(Cluster link)
    {
        var size = link.Size;
        Span<byte> received = stackalloc byte[1];
        for (var distance = 1; distance < size; distance *= 2)
            Send(link, [0], (link.Rank + distance) % size, received, (link.Rank - distance + size) % size);
    }

    private static void Send(Cluster link, Span<float> sent, int to, Span<float> received, int from) =>
        Send(link, Cluster.Bytes(sent), to, Cluster.Bytes(received), from);

    private static void Send(Cluster link, ReadOnlySpan<byte> sent, int to, Span<byte> received, int from)
    {
        link.Exchange(sent, to, received, from);
        if (to >= 0) link.Traffic.Sent(sent.Length);
    }

    private static Span<float> Chunk(Span<float> values, int number, int size)
    {
        var cut = new Kernels.EvenCut(values.Length, size);
        var chunk = (number % size + size) % size;
        return values[cut.Before(chunk)..cut.Before(chunk + 1)];
    }
}
