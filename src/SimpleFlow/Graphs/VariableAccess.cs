namespace SimpleFlow;

/// <summary>
/// Locks some variables while they are used: many readers at a time, or one writer. A model takes the lock for each run of a plan. So
/// models that share variables on several threads see each other's values as they are at the end of a step, never in the middle of one.
/// </summary>
internal sealed class VariableAccess
{
    private static readonly Lock Assigning = new();
    private readonly (VariableLock Lock, bool Writes)[] _locks;

    /// <param name="read">The variables to read.</param>
    /// <param name="written">The variables to write; they may be read too.</param>
    public VariableAccess(IEnumerable<Variable> read, IEnumerable<Variable> written)
    {
        lock (Assigning)
        {
            var writes = LocksOf(written);
            var reads = LocksOf(read).Except(writes);
            // Everybody takes the locks in the same order, which rules out a deadlock.
            _locks = [.. writes.Select(one => (one, true)).Concat(reads.Select(one => (one, false))).OrderBy(one => one.Item1.Number)];
        }
    }

    /// <summary>Increases whenever one of the variables may have changed. It stays the same while they are held.</summary>
    public long Version
    {
        get
        {
            var sum = 0L;
            foreach (var (one, _) in _locks) sum += one.Version;
            return sum;
        }
    }

    /// <summary>Waits until the variables are available, and holds them until the result is disposed of.</summary>
    public Held Enter()
    {
        foreach (var (one, writes) in _locks)
        {
            if (writes) one.EnterWriteLock();
            else one.EnterReadLock();
        }
        return new Held(_locks);
    }

    /// <summary>Waits until nobody writes the variable. A variable that no model has used yet has no lock.</summary>
    public static Held Reading(Variable variable)
    {
        if (variable.Lock is not { } one) return new Held([]);
        one.EnterReadLock();
        return new Held([(one, false)]);
    }

    /// <summary>Waits until nobody uses the variables. Those that no model has used yet have no lock.</summary>
    public static Held Writing(IEnumerable<Variable> variables) =>
        new VariableAccess(read: [], variables.Where(variable => variable.Lock is not null)).Enter();

    // One lock for all variables that belong together from the start, not one for each: taking it costs little compared with a step.
    private static List<VariableLock> LocksOf(IEnumerable<Variable> variables)
    {
        VariableLock? made = null;
        return [.. variables.Select(variable => variable.Lock ??= made ??= new VariableLock()).Distinct()];
    }

    /// <summary>Holds the variables until it is disposed of.</summary>
    public readonly struct Held((VariableLock Lock, bool Writes)[]? locks) : IDisposable
    {
        /// <summary>Releases the variables.</summary>
        public void Dispose()
        {
            foreach (var (one, writes) in locks ?? [])
            {
                if (writes)
                {
                    one.Version++;
                    one.ExitWriteLock();
                }
                else one.ExitReadLock();
            }
        }
    }
}

/// <summary>The lock of some variables.</summary>
internal sealed class VariableLock : ReaderWriterLockSlim
{
    private static long _made;

    /// <summary>Its place in the order in which several locks are taken.</summary>
    public long Number { get; } = Interlocked.Increment(ref _made);

    /// <summary>How often it was held for writing.</summary>
    public long Version { get; set; }
}
