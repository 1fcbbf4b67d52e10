using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace SimpleFlow;

/// <summary>Work for a cluster's own thread, which can be started again once it is finished.</summary>
internal abstract class CommunicationJob : IDisposable
{
    private readonly ManualResetEventSlim _finished = new(initialState: false);
    private ExceptionDispatchInfo? _error;

    /// <summary>Waits until it is finished, and counts how long it took.</summary>
    /// <exception cref="ClusterException">It has failed.</exception>
    public void Wait(Traffic traffic)
    {
        if (!_finished.IsSet)
        {
            var start = Stopwatch.GetTimestamp();
            traffic.BeginsToWait();
            _finished.Wait();
            traffic.HasWaited(Stopwatch.GetTimestamp() - start);
        }
        _error?.Throw();
    }

    public void Dispose() => _finished.Dispose();

    /// <summary>Before it is started again.</summary>
    internal void Reset()
    {
        _finished.Reset();
        _error = null;
    }

    /// <summary>Ends it, with an error or without.</summary>
    internal void Finish(Exception? error)
    {
        _error = error is null ? null : ExceptionDispatchInfo.Capture(error);
        _finished.Set();
    }

    /// <summary>Does it, on the cluster's own thread.</summary>
    internal abstract void Run(Cluster link);
}
