namespace SimpleFlow;

/// <summary>
/// Holds some variables while they are used: many may read them at one time, or one may write.
/// A model takes it for each run of a plan, so that models which share variables on several threads see each other's values as they are at
/// the end of a step, and never in the middle of one.
/// </summary>
internal sealed class VariableAccess
{
    private static readonly Lock Assigning = new();
    private readonly (VariableLock Lock, bool Writes)[] _locks;

    /// <param name="read">What is read.</param>
    /// <param name="written">What is written, and may be read too.</param>
    public VariableAccess(IEnumerable<Variable> read, IEnumerable<Variable> written)
    {
        lock (Assigning)
        {
            var writes = LocksOf(written);
            var reads = LocksOf(read).Except(writes);
            // Everybody takes them in the same order, so that nobody waits for one who waits for him.
            _locks = [.. writes.Select(one => (one, true)).Concat(reads.Select(one => (one, false))).OrderBy(one => one.Item1.Number)];
        }
    }

    /// <summary>Waits until the variables may be used, and holds them until the result is disposed of.</summary>
    public Held Enter()
    {
        foreach (var (one, writes) in _locks)
        {
            if (writes) one.EnterWriteLock();
            else one.EnterReadLock();
        }
        return new Held(_locks);
    }

    /// <summary>Waits until nobody writes the variable. One that no model has used yet is nobody's.</summary>
    public static Held Reading(Variable variable)
    {
        if (variable.Lock is not { } one) return new Held([]);
        one.EnterReadLock();
        return new Held([(one, false)]);
    }

    /// <summary>Waits until nobody uses the variables. Those that no model has used yet are nobody's.</summary>
    public static Held Writing(IEnumerable<Variable> variables) =>
        new VariableAccess(read: [], variables.Where(variable => variable.Lock is not null)).Enter();

    // A lock for all that are together from the start, rather than one for each: taking it costs little beside a step.
    private static List<VariableLock> LocksOf(IEnumerable<Variable> variables)
    {
        VariableLock? made = null;
        return [.. variables.Select(variable => variable.Lock ??= made ??= new VariableLock()).Distinct()];
    }

    /// <summary>The variables, until it is disposed of.</summary>
    public readonly struct Held((VariableLock Lock, bool Writes)[] locks) : IDisposable
    {
        /// <summary>Lets others use them again.</summary>
        public void Dispose()
        {
            foreach (var (one, writes) in locks)
            {
                if (writes) one.ExitWriteLock();
                else one.ExitReadLock();
            }
        }
    }
}

/// <summary>What some variables are held by.</summary>
internal sealed class VariableLock : ReaderWriterLockSlim
{
    private static long _made;

    /// <summary>Its place in the order in which several are taken.</summary>
    public long Number { get; } = Interlocked.Increment(ref _made);
}
