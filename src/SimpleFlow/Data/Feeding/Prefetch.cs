namespace SimpleFlow;

/// <summary>
/// Prepares the rows of the next batch on another thread while a step runs: augments them, and reads what comes from files or is computed.
/// What comes out is a function of seed, epoch and row alone, so it does not matter who makes it, or when.
/// </summary>
/// <param name="dataset">The data.</param>
/// <param name="seed">The seed of the random changes.</param>
/// <param name="isAugmented">Whether to apply the dataset's augmentations.</param>
internal sealed class Prefetch(Dataset dataset, ulong seed, bool isAugmented) : IDisposable
{
    // Two of each: while a batch is read from one, the next is made in the other.
    private Dictionary<Placeholder, Buffer> _made = new(ReferenceEqualityComparer.Instance),
        _making = new(ReferenceEqualityComparer.Instance);
    private Task? _running;
    private ReadOnlyMemory<int> _rows;
    private int _epoch;

    /// <summary>Whether there is anything to prepare.</summary>
    public static bool Pays(Dataset dataset, bool isAugmented) =>
        (isAugmented && dataset.IsAugmented) || dataset.Any(entry => entry.Value.IsReadAhead);

    /// <summary>Begins with these rows.</summary>
    public void Start(ReadOnlyMemory<int> rows, int epoch)
    {
        // A browser has one thread, and waiting for another would never end.
        if (OperatingSystem.IsBrowser()) return;
        (_rows, _epoch) = (rows, epoch);
        _running = Task.Run(() => Make(_rows.Span, _epoch));
    }

    /// <summary>Waits until the rows are made; makes them if they were not begun.</summary>
    public void Await(ReadOnlySpan<int> rows, int epoch)
    {
        var running = _running;
        _running = null;
        running?.GetAwaiter().GetResult();
        if (running is null || epoch != _epoch || !rows.SequenceEqual(_rows.Span)) Make(rows, epoch);
        (_made, _making) = (_making, _made);
    }

    /// <summary>The prepared rows for a placeholder; null where its rows are read as they are.</summary>
    public DataArray? Prepared(Placeholder placeholder) => _made.GetValueOrDefault(placeholder)?.Array;

    // Nobody may change the buffers after their owner is gone, and an error nobody waits for would be lost:
    // it would come again at the next fit.
    public void Dispose() => ((IAsyncResult?)_running)?.AsyncWaitHandle.WaitOne();

    private void Make(ReadOnlySpan<int> rows, int epoch)
    {
        foreach (var (placeholder, array) in dataset)
        {
            var augmentation = isAugmented ? dataset.AugmentationOf(placeholder) : null;
            if (augmentation is null && !array.IsReadAhead) continue;
            var length = (int)array.RowLength;
            if (!_making.TryGetValue(placeholder, out var buffer) || buffer.Array.Rows != rows.Length)
                _making[placeholder] = buffer = new Buffer(array, rows.Length, placeholder.ElementType);
            if (augmentation is null)
            {
                if (buffer.Integers is { } integers) array.GatherRows(rows, integers.AsSpan());
                else array.GatherRows(rows, buffer.Floats.AsSpan());
                continue;
            }
            var row = new float[length];
            for (var i = 0; i < rows.Length; i++)
            {
                array.GatherRows(rows.Slice(i, 1), row.AsSpan());
                augmentation.Apply(row, buffer.Floats.AsSpan(i * length, length), seed, epoch, rows[i]);
            }
        }
    }

    /// <summary>Room for some rows like those of an array.</summary>
    private sealed class Buffer
    {
        public Buffer(DataArray array, int rows, ElementType type)
        {
            var elements = rows * array.RowLength;
            if (type == ElementType.Int32) Integers = new int[elements];
            else Floats = new float[elements];
            Array = DataArray.From(Integers ?? (System.Array)Floats).Reshape([rows, .. array.Dimensions[1..]]);
        }

        public float[] Floats { get; } = [];

        public int[]? Integers { get; }

        public DataArray Array { get; }
    }
}
