using System.Diagnostics;
using System.Text;

namespace SimpleFlow.Mpi;

/// <summary>The processes of a job. One thread of each talks to MPI, which is all that it asks the library for.</summary>
internal sealed unsafe class MpiCluster : Cluster
{
    // MPI counts in 32 bits.
    private const int MostBytes = 1 << 30;
    private const int Funneled = 1;
    private const int Data = 1, AlarmTag = 2;
    private const int LongestAlarm = 2000;

    // Who waits a little is answered soon. After that the thread keeps looking if the program waits, too, and leaves the processor to
    // others in between; if the program computes, it sleeps, the longer the longer it has waited: a sixteenth of that is lost at most.
    // Over TCP a message moves on only while somebody looks, and in 200 µs the system's buffers do not run empty at 10 Gb/s.
    private static readonly long Spinning = Stopwatch.Frequency / 50_000, Looking = Stopwatch.Frequency / 50;
    private const int ShortestNap = 50, LongestNap = 200, NapsInWait = 16;          // in µs

    // As long as an orderly end may take, before the process ends without it.
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly MpiLibrary _mpi = MpiLibrary.Load();
    private readonly nint[] _statuses = GC.AllocateArray<nint>(16, pinned: true);          // no library needs as much for one
    private int _rank, _size;

    private MpiCluster() { }

    public override int Rank => _rank;

    public override int Size => _size;

    /// <summary>How the library describes itself.</summary>
    public string Library => _mpi.Version;

    /// <summary>Connects the process with the others.</summary>
    public static MpiCluster Join()
    {
        var cluster = new MpiCluster();
        cluster.Connect();
        // After an error mpirun must see that the process ends without the others, and end them.
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Environment.ExitCode is 0 or 130) Task.Run(cluster.Dispose).Wait(Farewell);
        };
        return cluster;
    }

    protected override void Begin()
    {
        var provided = 0;
        _mpi.Require(_mpi.InitThread(0, 0, Funneled, &provided), "MPI_Init_thread");
        if (provided < Funneled)
            throw new ClusterException($"{_mpi.Version} does not allow threads beside the one that talks to it (MPI_THREAD_FUNNELED): "
                + "install one that does.");
        _mpi.ReturnErrors();
        fixed (int* rank = &_rank, size = &_size)
        {
            _mpi.Require(_mpi.Rank(_mpi.World, rank), "MPI_Comm_rank");
            _mpi.Require(_mpi.Size(_mpi.World, size), "MPI_Comm_size");
        }
    }

    protected override void End() => _mpi.Finish();

    protected override void Exchange(ReadOnlySpan<byte> sent, int to, Span<byte> received, int from)
    {
        fixed (byte* source = sent, destination = received)
        {
            long send = 0, receive = 0;
            // An empty message is one, too.
            for (var first = true; first || send < sent.Length || receive < received.Length; first = false)
            {
                var sending = (int)Math.Min(sent.Length - send, MostBytes);
                var receiving = (int)Math.Min(received.Length - receive, MostBytes);
                Exchange(source + send, sending, first || sending > 0 ? to : -1, destination + receive, receiving,
                    first || receiving > 0 ? from : -1);
                (send, receive) = (send + sending, receive + receiving);
            }
        }
    }

    protected override void Alarm(string message)
    {
        var text = Encoding.UTF8.GetBytes(message.Length <= LongestAlarm / 4 ? message : message[..(LongestAlarm / 4)]);
        fixed (byte* start = text)
        {
            for (var other = 0; other < _size; other++)
            {
                if (other == _rank) continue;
                nint request;
                // It is short enough to leave without an answer, and nobody waits for one.
                _ = _mpi.StartSend(start, text.Length, _mpi.Byte, other, AlarmTag, _mpi.World, &request);
                var (done, since) = (0, Stopwatch.GetTimestamp());
                while (done == 0 && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(1))
                {
                    fixed (nint* status = _statuses) _ = _mpi.Test(&request, &done, status);
                }
            }
        }
    }

    private void Exchange(byte* source, int sending, int to, byte* destination, int receiving, int from)
    {
        nint send = 0, receive = 0;
        if (from >= 0) _mpi.Require(_mpi.StartReceive(destination, receiving, _mpi.Byte, from, Data, _mpi.World, &receive), "MPI_Irecv");
        if (to >= 0) _mpi.Require(_mpi.StartSend(source, sending, _mpi.Byte, to, Data, _mpi.World, &send), "MPI_Isend");
        var since = Stopwatch.GetTimestamp();
        if (from >= 0)
        {
            Await(&receive, since, from);
            var count = 0;
            fixed (nint* status = _statuses) _mpi.Require(_mpi.Count(status, _mpi.Byte, &count), "MPI_Get_count");
            RequireLength(count, receiving, _rank, from);
        }
        if (to >= 0) Await(&send, since, to);
    }

    private void Await(nint* request, long since, int other)
    {
        var done = 0;
        fixed (nint* status = _statuses)
        {
            while (true)
            {
                _mpi.Require(_mpi.Test(request, &done, status), "MPI_Test");
                if (done != 0) return;
                var waited = Stopwatch.GetTimestamp() - since;
                if (waited < Spinning) continue;
                if (IsAwaited && waited < Looking)
                {
                    Thread.Yield();
                    continue;
                }
                HearAlarms();
                if (Stopwatch.GetElapsedTime(since) > Patience) throw Late(_rank, other, Patience);
                var nap = waited * 1_000_000 / Stopwatch.Frequency / NapsInWait;
                _ = SharedLibraries.Doze((uint)Math.Clamp(nap, ShortestNap, LongestNap));
            }
        }
    }

    private void HearAlarms()
    {
        var there = 0;
        fixed (nint* status = _statuses)
        {
            _mpi.Require(_mpi.Probe(_mpi.AnySource, AlarmTag, _mpi.World, &there, status), "MPI_Iprobe");
            if (there == 0) return;
            var text = stackalloc byte[LongestAlarm];
            var length = 0;
            _mpi.Require(_mpi.Receive(text, LongestAlarm, _mpi.Byte, _mpi.AnySource, AlarmTag, _mpi.World, status), "MPI_Recv");
            _mpi.Require(_mpi.Count(status, _mpi.Byte, &length), "MPI_Get_count");
            throw Alarmed(Encoding.UTF8.GetString(text, length));
        }
    }
}
