namespace SimpleFlow;

/// <summary>The exclusive right to change some variables, for the time of a training run or of a step. Two runs that changed the same
/// variables at the same time would produce results that no seed reproduces.</summary>
internal sealed class VariableClaim(IReadOnlyList<Variable> variables)
{
    private readonly bool[] _claimed = new bool[variables.Count];
    private int _thread;

    /// <summary>Claims the variables until the result is disposed of. Allocates nothing.</summary>
    /// <exception cref="InvalidOperationException">One of the variables is being trained on another thread.</exception>
    public Held Enter()
    {
        _thread = Environment.CurrentManagedThreadId;
        for (var i = 0; i < _claimed.Length; i++)
        {
            // Two training runs on one thread, one inside a callback of the other, take turns.
            var other = Interlocked.CompareExchange(ref variables[i].Claim, this, null);
            _claimed[i] = other is null;
            if (other is null || other._thread == _thread) continue;
            Leave(i);
            throw new InvalidOperationException(
                $"`{variables[i].Name}` is being trained by another model on another thread. A variable is trained by one model at a "
                    + "time: wait for the other, or give each thread variables of its own.");
        }
        return new Held(this);
    }

    private void Leave(int count)
    {
        for (var i = 0; i < count; i++)
        {
            if (_claimed[i]) Volatile.Write(ref variables[i].Claim, null);
        }
    }

    /// <summary>Holds the claim until it is disposed of.</summary>
    public readonly struct Held(VariableClaim? claim) : IDisposable
    {
        /// <summary>Gives the variables free.</summary>
        public void Dispose() => claim?.Leave(claim._claimed.Length);
    }
}
