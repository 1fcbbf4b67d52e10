namespace SimpleFlow;

/// <summary>Counts what a rank has sent, how long its own thread was busy with it, and how long the training has waited for it.</summary>
internal sealed class Traffic
{
    private long _bytes, _bytesOfBuckets, _busy, _waited;

    /// <summary>How many bytes this rank has sent.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many of them were in buckets.</summary>
    public long BytesOfBuckets => Volatile.Read(ref _bytesOfBuckets);

    /// <summary>For how many ticks of the stopwatch gradients have travelled.</summary>
    public long Busy => Volatile.Read(ref _busy);

    /// <summary>For how many ticks the training has waited for them.</summary>
    public long Waited => Volatile.Read(ref _waited);

    public void Sent(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void WasBusy(long ticks, long bytes)
    {
        Interlocked.Add(ref _busy, ticks);
        Interlocked.Add(ref _bytesOfBuckets, bytes);
    }

    public void HasWaited(long ticks) => Interlocked.Add(ref _waited, ticks);
}
