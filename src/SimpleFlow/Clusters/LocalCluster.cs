namespace SimpleFlow;

/// <summary>
/// Ranks that are threads of this process: to try out, learn and test what a cluster does, on one machine and without anything to install.
/// <c>var weights = LocalCluster.OnEachRank(4, cluster => Train(cluster));</c>
/// </summary>
public sealed class LocalCluster : Cluster
{
    private readonly Post _post;

    private LocalCluster(Post post, int rank) => (_post, Rank) = (post, rank);

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size => _post.Size;

    /// <summary>Runs the same work on every rank, each on a thread of its own, and waits for all.</summary>
    /// <param name="ranks">How many ranks.</param>
    /// <param name="work">The work, given the cluster as one rank sees it. Each rank needs a graph and a model of its own.</param>
    /// <returns>What each rank returned, in their order.</returns>
    /// <exception cref="AggregateException">Ranks failed. Those that only heard of it from another rank come last.</exception>
    public static T[] OnEachRank<T>(int ranks, Func<Cluster, T> work)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(ranks, 1);
        ArgumentNullException.ThrowIfNull(work);
        var (post, results, errors) = (new Post(ranks), new T[ranks], new List<Exception>());
        var threads = new Thread[ranks];
        for (var i = 0; i < ranks; i++)
        {
            var rank = i;
            threads[i] = new Thread(() => One(rank)) { Name = $"rank {rank}" };
            threads[i].Start();
        }
        foreach (var thread in threads) thread.Join();
        return errors.Count == 0 ? results
            : throw new AggregateException(errors.OrderBy(error => error is ClusterException { IsOfAnotherRank: true }));

        void One(int rank)
        {
            using var cluster = new LocalCluster(post, rank);
            try
            {
                results[rank] = work(cluster);
            }
            catch (Exception exception)
            {
                lock (errors) errors.Add(exception);
                cluster.Fail(exception);
            }
        }
    }

    /// <inheritdoc/>
    protected internal override unsafe void Exchange(ReadOnlySpan<byte> sent, int to, Span<byte> received, int from)
    {
        fixed (byte* start = sent) _post.Exchange(Rank, (nint)start, sent.Length, to, received, from, Patience);
    }

    /// <inheritdoc/>
    protected internal override void Alarm(string message) => _post.Alarm(message);

    /// <summary>Where ranks put what they send, and take what they receive.</summary>
    private sealed class Post(int size)
    {
        private readonly Dictionary<(int From, int To), (nint Start, int Length)> _letters = [];
        private string? _alarm;

        public int Size => size;

        public unsafe void Exchange(int rank, nint start, int length, int to, Span<byte> received, int from, TimeSpan patience)
        {
            lock (_letters)
            {
                try
                {
                    if (to >= 0)
                    {
                        _letters.Add((rank, to), (start, length));
                        Monitor.PulseAll(_letters);
                    }
                    if (from >= 0)
                    {
                        (nint Start, int Length) letter = default;
                        Await(() => _letters.Remove((from, rank), out letter), rank, from, patience);
                        RequireLength(letter.Length, received.Length, rank, from);
                        new ReadOnlySpan<byte>((void*)letter.Start, letter.Length).CopyTo(received);
                        Monitor.PulseAll(_letters);
                    }
                    if (to >= 0) Await(() => !_letters.ContainsKey((rank, to)), rank, to, patience);
                }
                finally
                {
                    // The sender reuses its memory after this call, so nobody may read the message any more.
                    if (to >= 0) _letters.Remove((rank, to));
                }
            }
        }

        public void Alarm(string message)
        {
            lock (_letters)
            {
                _alarm ??= message;
                Monitor.PulseAll(_letters);
            }
        }

        private void Await(Func<bool> isDone, int rank, int other, TimeSpan patience)
        {
            var start = System.Diagnostics.Stopwatch.GetTimestamp();
            while (!isDone())
            {
                if (_alarm is not null) throw new ClusterException(_alarm) { IsOfAnotherRank = true };
                var left = patience - System.Diagnostics.Stopwatch.GetElapsedTime(start);
                if (left <= TimeSpan.Zero || !Monitor.Wait(_letters, left)) throw Late(rank, other, patience);
            }
        }
    }
}
