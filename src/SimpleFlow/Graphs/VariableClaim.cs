namespace SimpleFlow;

/// <summary>A training run's exclusive right to change some variables. Two runs that changed the same variables at the same time would
/// produce results that no seed reproduces.</summary>
internal sealed class VariableClaim : IDisposable
{
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Variable> _claimed = [];

    /// <exception cref="InvalidOperationException">One of the variables is being trained on another thread.</exception>
    public VariableClaim(IReadOnlyList<Variable> variables)
    {
        foreach (var variable in variables)
        {
            // Two training runs on one thread, one inside a callback of the other, take turns.
            if (Interlocked.CompareExchange(ref variable.Claim, this, null) is not { } other) _claimed.Add(variable);
            else if (other._thread != _thread)
            {
                Dispose();
                throw new InvalidOperationException(
                    $"`{variable.Name}` is being trained by another model on another thread. A variable is trained by one model at a "
                        + "time: wait for the other, or give each thread variables of its own.");
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var variable in _claimed) Volatile.Write(ref variable.Claim, null);
    }
}
