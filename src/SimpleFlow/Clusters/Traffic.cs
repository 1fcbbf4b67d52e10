namespace SimpleFlow;

/// <summary>Counts what a rank has sent, how long its own thread was busy with it, and how long the training has waited for it.</summary>
internal sealed class Traffic
{
    private long _bytes, _bytesOfBuckets, _busy, _waited;
    private int _waiting;

    /// <summary>How many bytes this rank has sent.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>How many of them were in buckets.</summary>
    public long BytesOfBuckets => Volatile.Read(ref _bytesOfBuckets);

    /// <summary>For how many ticks of the stopwatch numbers have travelled.</summary>
    public long Busy => Volatile.Read(ref _busy);

    /// <summary>For how many ticks the training has waited for them.</summary>
    public long Waited => Volatile.Read(ref _waited);

    /// <summary>Whether a thread waits just now.</summary>
    public bool IsAwaited => Volatile.Read(ref _waiting) > 0;

    public void Sent(int bytes) => Interlocked.Add(ref _bytes, bytes);

    public void SentOfBucket(long bytes) => Interlocked.Add(ref _bytesOfBuckets, bytes);

    public void WasBusy(long ticks) => Interlocked.Add(ref _busy, ticks);

    public void BeginsToWait() => Interlocked.Increment(ref _waiting);

    public void HasWaited(long ticks)
    {
        Interlocked.Decrement(ref _waiting);
        Interlocked.Add(ref _waited, ticks);
    }
}
