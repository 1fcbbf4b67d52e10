using System.Diagnostics;

namespace SimpleFlow;

/// <summary>The only thread of a process that talks to other ranks. It does one job after another, in the order in which they were started,
/// which is the same on all ranks. After a failure, all later jobs fail with it.</summary>
internal sealed class CommunicationThread : IDisposable
{
    private readonly Cluster _link;
    private readonly Queue<CommunicationJob> _jobs = new();
    private readonly Thread _thread;
    private ClusterException? _failure;
    private bool _ended;

    public CommunicationThread(Cluster link)
    {
        _link = link;
        _thread = new Thread(Work) { IsBackground = true, Name = "SimpleFlow cluster" };
        _thread.Start();
    }

    /// <summary>Puts a job at the end of the queue.</summary>
    public void Start(CommunicationJob job)
    {
        job.Reset();
        lock (_jobs)
        {
            if (_ended) throw new ClusterException("The cluster has been disposed and cannot be used any more.");
            _jobs.Enqueue(job);
            Monitor.Pulse(_jobs);
        }
    }

    /// <summary>Does something after all that was started before, and waits for it.</summary>
    /// <exception cref="ClusterException">It has failed.</exception>
    public void Run(Action<Cluster> work)
    {
        using var job = new Once(work);
        Start(job);
        job.Wait(_link.Traffic);
    }

    /// <summary>Tells the others that this rank has failed; everything fails from now on.</summary>
    public void Fail(Exception exception)
    {
        lock (_jobs)
        {
            if (_failure is not null || _ended) return;
            _failure = new ClusterException($"Rank {_link.Rank} of {_link.Size} failed: {exception.Message}", exception);
        }
        using var job = new Once(_ => TryAlarm(_failure.Message)) { Always = true };
        Start(job);
        job.Wait(_link.Traffic);
    }

    public void Dispose()
    {
        lock (_jobs)
        {
            _ended = true;
            Monitor.Pulse(_jobs);
        }
        _thread.Join();
    }

    private void Work()
    {
        var begun = Do(new Once(static link => link.Begin()));
        while (Next() is { } job) Do(job);
        if (begun) Do(new Once(static link => link.End()) { Always = true });
    }

    private bool Do(CommunicationJob job)
    {
        if (_failure is not null && job is not Once { Always: true })
        {
            job.Finish(_failure);
            return false;
        }
        try
        {
            var start = Stopwatch.GetTimestamp();
            job.Run(_link);
            _link.Traffic.WasBusy(Stopwatch.GetTimestamp() - start);
            job.Finish(null);
            return true;
        }
        catch (Exception exception)
        {
            var isFirst = _failure is null && exception is not ClusterException { IsOfAnotherRank: true };
            _failure ??= exception as ClusterException ?? new ClusterException(exception.Message, exception);
            if (isFirst) TryAlarm(_failure.Message);
            job.Finish(exception);
            return false;
        }
    }

    private void TryAlarm(string message)
    {
        try
        {
            _link.Alarm(message);
        }
        catch (ClusterException)
        {
            // What went wrong first is what counts.
        }
    }

    private CommunicationJob? Next()
    {
        lock (_jobs)
        {
            CommunicationJob? job;
            while (!_jobs.TryDequeue(out job) && !_ended) Monitor.Wait(_jobs);
            return job;
        }
    }

    /// <summary>A job that is done once.</summary>
    private sealed class Once(Action<Cluster> work) : CommunicationJob
    {
        /// <summary>Whether it is done after a failure, too.</summary>
        public bool Always { get; init; }

        internal override void Run(Cluster link) => work(link);
    }
}
