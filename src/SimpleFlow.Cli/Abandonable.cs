namespace SimpleFlow.Cli;

/// <summary>Runs work that loses nothing when it is abandoned, and parts of which take no cancellation token: making or loading a network
/// of thousands of nodes takes seconds.</summary>
internal static class Abandonable
{
    /// <summary>The result of the work. If it has not ended shortly after it was cancelled, it is left to a thread that ends with the
    /// process.</summary>
    /// <param name="work">What to do.</param>
    /// <param name="cancellation">Cancels it.</param>
    /// <param name="grace">How long to wait for the work to end on its own.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public static T Run<T>(Func<T> work, CancellationToken cancellation, TimeSpan grace = default)
    {
        cancellation.ThrowIfCancellationRequested();
        var task = Task.Run(work, CancellationToken.None);
        try
        {
            return task.WaitAsync(cancellation).GetAwaiter().GetResult();
        }
        catch (OperationCanceledException) when (!task.IsCompleted)
        {
            if (!Task.WhenAny(task, Task.Delay(grace, CancellationToken.None)).GetAwaiter().GetResult().Equals(task)) throw;
            return task.GetAwaiter().GetResult();
        }
    }
}
