using System.Runtime.ExceptionServices;

namespace SimpleFlow;

/// <summary>
/// Calls the callbacks of a fit in turn. Any of them may throw at any time: every callback that has begun is ended, every one that has
/// prepared a validation is told of its end, and the first exception is the one that is thrown.
/// </summary>
internal sealed class CallbackRound(IReadOnlyList<Callback> callbacks, TrainingRun run)
{
    /// <summary>Whether one of them has thrown, so that the others may not have been called.</summary>
    public bool HasFailed { get; private set; }

    /// <summary>Runs the training between the callbacks' beginning and end.</summary>
    public void Around(Action training)
    {
        var (error, begun) = (new FirstError(), new List<Callback>());
        error.Try(() =>
        {
            foreach (var callback in callbacks)
            {
                callback.Begin(run);
                begun.Add(callback);
            }
            training();
        });
        foreach (var callback in begun) error.Try(() => callback.End(run));
        error.Throw();
    }

    /// <summary>Evaluates an epoch, between the callbacks' preparations for it and their undoing.</summary>
    /// <param name="evaluate">Computes the result.</param>
    /// <param name="undo">Called if the epoch does not count because it was cancelled.</param>
    public EpochResult Validation(Func<EpochResult> evaluate, Action undo)
    {
        var (error, prepared) = (new FirstError(), new Stack<Callback>());
        EpochResult? result = null;
        error.Try(() =>
        {
            foreach (var callback in callbacks)
            {
                Tell(callback, static (callback, run) => callback.BeforeValidation(run));
                prepared.Push(callback);
            }
            result = evaluate();
            Tell((callback, run) => callback.AfterEpoch(run, result));
        });
        // What was exchanged last is exchanged back first.
        while (prepared.TryPop(out var callback)) error.Try(() => Tell(callback, static (callback, run) => callback.AfterValidation(run)));
        if (error.IsCancellation && result is not null) undo();
        error.Throw();
        return result!;
    }

    /// <summary>Calls all of them, in order.</summary>
    public void Tell(Action<Callback, TrainingRun> hook)
    {
        // An enumerator would be allocated at every step.
        for (var i = 0; i < callbacks.Count; i++) Tell(callbacks[i], hook);
    }

    private void Tell(Callback callback, Action<Callback, TrainingRun> hook)
    {
        try
        {
            hook(callback, run);
        }
        catch
        {
            HasFailed = true;
            throw;
        }
    }

    /// <summary>Does something with every item even if it fails for others; rethrows the first exception at the end.</summary>
    private sealed class FirstError
    {
        private ExceptionDispatchInfo? _first;

        public bool IsCancellation => _first?.SourceException is OperationCanceledException;

        public void Try(Action what)
        {
            try
            {
                what();
            }
            catch (Exception exception)
            {
                _first ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        public void Throw() => _first?.Throw();
    }
}
