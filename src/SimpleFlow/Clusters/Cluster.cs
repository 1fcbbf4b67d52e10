using System.Runtime.InteropServices;

namespace SimpleFlow;

/// <summary>
/// Processes, or threads, that train one model together, each on its share of the rows: <c>new FitOptions { Cluster = … }</c>. Each of them
/// is a rank. All ranks make the same calls in the same order.
/// <para>
/// A way to connect ranks derives from this class and says how two of them exchange bytes; everything else is made of that here, so the
/// order of every sum is the same on all machines. The calls of <see cref="Exchange"/> come from one thread of the cluster's own, so that
/// gradients travel while the next ones are computed.
/// </para>
/// </summary>
public abstract class Cluster : IDisposable
{
    // Up to here the number of messages matters, and beyond it the number of bytes.
    private const int SmallSum = 2048;

    private CommunicationThread? _thread;

    /// <summary>Which of the ranks this one is, from 0.</summary>
    public abstract int Rank { get; }

    /// <summary>How many ranks there are.</summary>
    public abstract int Size { get; }

    /// <summary>How long a rank waits for another before it fails; five minutes by default. It must be longer than anything that one rank
    /// does alone during training, such as saving a checkpoint.</summary>
    public TimeSpan Patience
    {
        get;
        set => field = value > TimeSpan.Zero ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "The time to wait for another rank must be above 0.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>Adds up the numbers of all ranks, element by element. All ranks get the same bits, and another run with as many ranks gets
    /// them again: the order of the sums depends on nothing else.</summary>
    /// <param name="values">This rank's numbers, replaced by the sums. Every rank must have as many.</param>
    /// <exception cref="ClusterException">Another rank has failed or does not answer.</exception>
    public void AllReduce(Span<float> values) => Reduce(values, RankReduction.Sum);

    /// <summary>Copies bytes of one rank to all others.</summary>
    /// <param name="values">What the root sends, and where the others receive as many bytes.</param>
    /// <param name="root">The rank that sends.</param>
    /// <exception cref="ClusterException">Another rank has failed or does not answer.</exception>
    public unsafe void Broadcast(Span<byte> values, int root = 0)
    {
        if ((uint)root >= (uint)Size) throw new ArgumentOutOfRangeException(nameof(root), root, $"A rank is from 0 to {Size - 1}.");
        if (Size == 1) return;
        fixed (byte* start = values)
        {
            var (place, length) = ((nint)start, values.Length);
            Thread.Run(link => Collectives.Broadcast(link, new Span<byte>((void*)place, length), root));
        }
    }

    /// <summary>Collects as many bytes from every rank, on every rank, in the order of the ranks.</summary>
    /// <param name="own">This rank's bytes.</param>
    /// <param name="all">Where to put those of all: <see cref="Size"/> times as many.</param>
    /// <exception cref="ArgumentException">There is not as much room.</exception>
    /// <exception cref="ClusterException">Another rank has failed or does not answer.</exception>
    public unsafe void AllGather(ReadOnlySpan<byte> own, Span<byte> all)
    {
        if (all.Length != (long)own.Length * Size)
            throw new ArgumentException($"{Size} ranks of {own.Length} bytes do not fit into {all.Length} bytes.", nameof(all));
        own.CopyTo(all[(Rank * own.Length)..]);
        if (Size == 1) return;
        fixed (byte* start = all)
        {
            var (place, length) = ((nint)start, all.Length);
            Thread.Run(link => Collectives.AllGather(link, new Span<byte>((void*)place, length)));
        }
    }

    /// <summary>Waits until every rank has got here.</summary>
    /// <exception cref="ClusterException">Another rank has failed or does not answer.</exception>
    public void Barrier()
    {
        if (Size > 1) Thread.Run(Collectives.Barrier);
    }

    /// <summary>Ends the work with the other ranks.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Ends the work with the other ranks.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing) _thread?.Dispose();
    }

    /// <summary>
    /// Sends bytes to one rank and receives bytes from another, both at once; returns when the bytes may be changed and those received are
    /// there. Two ranks exchange their messages in order. Only the cluster's own thread calls it.
    /// </summary>
    /// <param name="sent">What to send.</param>
    /// <param name="to">To which rank; −1: nothing is sent.</param>
    /// <param name="received">Where to put what is received: exactly as many bytes come.</param>
    /// <param name="from">From which rank; −1: nothing is received.</param>
    /// <exception cref="ClusterException">The other rank has failed, or <see cref="Patience"/> has run out.</exception>
    protected internal abstract void Exchange(ReadOnlySpan<byte> sent, int to, Span<byte> received, int from);

    /// <summary>Tells all other ranks that this one has failed, so that they do not wait for it. Only the cluster's own thread calls
    /// it.</summary>
    /// <param name="message">What has happened.</param>
    protected internal abstract void Alarm(string message);

    /// <summary>Called on the cluster's own thread before anything else there.</summary>
    protected internal virtual void Begin() { }

    /// <summary>Called on the cluster's own thread after everything else there.</summary>
    protected internal virtual void End() { }

    /// <summary>Whether the program waits for what the cluster's own thread does, so that the processor has nothing better to do than to
    /// look for messages all the time.</summary>
    protected bool IsAwaited => Traffic.IsAwaited;

    /// <summary>Starts the cluster's own thread, if that has not happened yet, and waits until <see cref="Begin"/> has returned.</summary>
    protected void Connect() => Thread.Run(static _ => { });

    /// <summary>What the steps of the last fit took on this rank; null before the first.</summary>
    public ClusterProfile? LastFit { get; internal set; }

    /// <summary>What has been sent and how long it took.</summary>
    internal Traffic Traffic { get; } = new();

    /// <summary>Tells the others that this rank has failed.</summary>
    internal void Fail(Exception exception)
    {
        if (Size > 1) Thread.Fail(exception);
    }

    /// <summary>Starts a job on the cluster's own thread.</summary>
    internal void Start(CommunicationJob job) => Thread.Start(job);

    internal unsafe void Reduce(Span<float> values, RankReduction reduction)
    {
        if (Size == 1) return;
        var room = new float[values.Length];
        fixed (float* start = values)
        {
            var (place, length) = ((nint)start, values.Length);
            Thread.Run(link => Reduce(link, new Span<float>((void*)place, length), room, reduction));
        }
    }

    /// <summary>Whether so few numbers are added up in a tree, and not in a ring.</summary>
    internal static bool IsByTree(int count) => count <= SmallSum;

    /// <summary>Adds up, or compares, on the cluster's own thread.</summary>
    internal static void Reduce(Cluster link, Span<float> values, Span<float> room, RankReduction reduction)
    {
        if (IsByTree(values.Length) || reduction != RankReduction.Sum) Collectives.ReduceByTree(link, values, room, reduction);
        else Collectives.SumByRing(link, values, room);
    }

    private CommunicationThread Thread
    {
        get
        {
            lock (Traffic) return _thread ??= new CommunicationThread(this);
        }
    }

    /// <summary>The error of a rank that another one has alarmed.</summary>
    /// <param name="message">What <see cref="Alarm"/> was told there.</param>
    protected static ClusterException Alarmed(string message) => new(message) { IsOfAnotherRank = true };

    /// <summary>The error when another rank does not answer.</summary>
    protected internal static ClusterException Late(int rank, int other, TimeSpan patience) => new(
        $"Rank {rank} has waited {NumberText.Text((float)patience.TotalSeconds)} s for rank {other}, and nothing came. Does that rank "
            + "still run, and make the same calls? If it needs longer for something that it does alone, set Cluster.Patience.");

    /// <summary>Checks that a message has the expected length.</summary>
    /// <exception cref="ClusterException">It has not.</exception>
    protected internal static void RequireLength(int sent, int expected, int rank, int from)
    {
        if (sent != expected)
            throw new ClusterException($"Rank {from} has sent {sent} bytes and rank {rank} expects {expected}: all ranks must make the "
                + "same calls in the same order.");
    }

    /// <summary>The bytes of some numbers.</summary>
    internal static Span<byte> Bytes(Span<float> values) => MemoryMarshal.AsBytes(values);
}

/// <summary>What is made of the numbers of all ranks.</summary>
internal enum RankReduction
{
    /// <summary>Their sum.</summary>
    Sum,

    /// <summary>The largest.</summary>
    Largest,
}
