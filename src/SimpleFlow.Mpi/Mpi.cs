namespace SimpleFlow.Mpi;

/// <summary>Trains on all processes that <c>mpirun</c> has started: <c>new FitOptions { Cluster = Mpi.World }</c>.</summary>
public static class Mpi
{
    private static readonly Lock Making = new();
    private static Cluster? _world;

    /// <summary>
    /// All processes of the job. Without <c>mpirun</c> it is this process alone, and no MPI library is needed. The first use connects the
    /// processes, so all must get there; it ends with the process.
    /// </summary>
    /// <exception cref="ClusterException">The process was started by <c>mpirun</c>, and the MPI library is missing, unknown, or too old;
    /// the message says what to install.</exception>
    public static Cluster World
    {
        get
        {
            lock (Making) return _world ??= Launcher.IsThere ? MpiCluster.Join() : new Alone();
        }
    }

    /// <summary>Whether <see cref="World"/> has been used, so that it can be used again without waiting for others.</summary>
    public static bool IsConnected
    {
        get
        {
            lock (Making) return _world is not null;
        }
    }

    /// <summary>The MPI library, as it describes itself; null if this process runs alone.</summary>
    /// <exception cref="ClusterException">As for <see cref="World"/>.</exception>
    public static string? Library => (World as MpiCluster)?.Library;

    /// <summary>A process that nobody runs with.</summary>
    private sealed class Alone : Cluster
    {
        public override int Rank => 0;

        public override int Size => 1;

        protected override void Exchange(ReadOnlySpan<byte> sent, int to, Span<byte> received, int from) { }

        protected override void Alarm(string message) { }
    }
}
