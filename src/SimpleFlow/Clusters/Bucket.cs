using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>Numbers of several nodes that travel together: they are added up over all ranks while the next ones are computed. A bucket is
/// filled once in every step; the last one who puts something in starts it.</summary>
internal sealed class Bucket : CommunicationJob
{
    private readonly Cluster _cluster;
    private AlignedMemory? _sums;
    private float[] _room = [];
    private int _members, _filled;

    /// <param name="cluster">Between which ranks.</param>
    /// <param name="number">Its place in the order in which buckets travel.</param>
    public Bucket(Cluster cluster, int number) => (_cluster, Number) = (cluster, number);

    /// <summary>Its place in the order in which buckets travel.</summary>
    public int Number { get; }

    /// <summary>How many numbers it has.</summary>
    public int Length { get; private set; }

    /// <summary>A number that the step itself does not compute: this rank's own before the step, the sum after it.</summary>
    public ref float this[int place] => ref Sums[place];

    /// <summary>Makes room, before the first step.</summary>
    /// <param name="count">For how many numbers.</param>
    /// <param name="isPutIn">Whether the step puts them in; else they are set before it.</param>
    /// <returns>Where they begin.</returns>
    public int Add(int count, bool isPutIn = true)
    {
        if (_sums is not null) throw new UnreachableException("The bucket has been used already.");
        var start = Length;
        Length += count;
        if (isPutIn) _members++;
        return start;
    }

    /// <summary>Where its numbers lie, from one of them on: what is computed there need not be copied.</summary>
    public unsafe float* At(int start)
    {
        _ = Sums;
        return _sums!.Pointer + start;
    }

    /// <summary>Puts this rank's numbers in.</summary>
    public void Put(int start, ReadOnlySpan<float> values)
    {
        Copy(values, Sums.Slice(start, values.Length));
        if (++_filled < _members) return;
        _filled = 0;
        _cluster.Start(this);
    }

    /// <summary>Takes the sums out, as soon as they are there.</summary>
    public void Take(int start, Span<float> values)
    {
        Wait(_cluster.Traffic);
        Copy(Sums.Slice(start, values.Length), values);
    }

    internal override void Run(Cluster link)
    {
        var sent = link.Traffic.Bytes;
        if (_room.Length == 0) _room = new float[Length];
        Cluster.Reduce(link, Sums, _room, RankReduction.Sum);
        link.Traffic.SentOfBucket(link.Traffic.Bytes - sent);
    }

    private static void Copy(ReadOnlySpan<float> values, Span<float> destination)
    {
        if (!Unsafe.AreSame(in MemoryMarshal.GetReference(values), in MemoryMarshal.GetReference(destination))) values.CopyTo(destination);
    }

    private Span<float> Sums => (_sums ??= new AlignedMemory(Length)).Span;
}
