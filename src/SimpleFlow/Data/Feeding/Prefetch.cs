namespace SimpleFlow;

/// <summary>
/// Augments the rows of the next batch on another thread while a step runs.
/// What comes out is a function of seed, epoch and row alone, so it does not matter who makes it, or when.
/// </summary>
internal sealed class Prefetch(Dataset dataset, ulong seed) : IDisposable
{
    // Two of each: while a batch is read from one, the next is made in the other.
    private Dictionary<Placeholder, Buffer> _made = new(ReferenceEqualityComparer.Instance),
        _making = new(ReferenceEqualityComparer.Instance);
    private Task? _running;
    private ReadOnlyMemory<int> _rows;
    private int _epoch;

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

    /// <summary>The changed rows for a placeholder; null where its rows stay as they are.</summary>
    public DataArray? Changed(Placeholder placeholder) => _made.GetValueOrDefault(placeholder)?.Array;

    // Nobody may change the buffers after their owner is gone, and an error nobody waits for would be lost:
    // it would come again at the next fit.
    public void Dispose() => ((IAsyncResult?)_running)?.AsyncWaitHandle.WaitOne();

    private void Make(ReadOnlySpan<int> rows, int epoch)
    {
        foreach (var (placeholder, array) in dataset)
        {
            if (dataset.AugmentationOf(placeholder) is not { } augmentation) continue;
            var length = (int)array.RowLength;
            if (!_making.TryGetValue(placeholder, out var buffer) || buffer.Array.Rows != rows.Length)
                _making[placeholder] = buffer = new Buffer(array, rows.Length);
            var row = new float[length];
            for (var i = 0; i < rows.Length; i++)
            {
                array.GatherRows(rows.Slice(i, 1), row.AsSpan());
                augmentation.Apply(row, buffer.Elements.AsSpan(i * length, length), seed, epoch, rows[i]);
            }
        }
    }

    /// <summary>Room for some rows like those of an array.</summary>
    private sealed class Buffer
    {
        public Buffer(DataArray array, int rows)
        {
            Elements = new float[rows * array.RowLength];
            Array = DataArray.From(Elements).Reshape([rows, .. array.Dimensions[1..]]);
        }

        public float[] Elements { get; }

        public DataArray Array { get; }
    }
}
