namespace SimpleFlow;

/// <summary>
/// Augments the rows of the next batch on another thread while a step runs.
/// What comes out is a function of seed, epoch and row alone, so it does not matter who makes it, or when.
/// </summary>
internal sealed class Prefetch(Dataset dataset, ulong seed) : IDisposable
{
    private readonly Dictionary<Placeholder, float[]> _buffers = new(ReferenceEqualityComparer.Instance);
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
    }

    /// <summary>The changed rows for a placeholder, one after the other; null where its rows stay as they are.</summary>
    public float[]? Changed(Placeholder placeholder) => _buffers.GetValueOrDefault(placeholder);

    // Nobody may change the buffers after their owner is gone, and an error nobody waits for would be lost:
    // it would come again at the next fit.
    public void Dispose() => ((IAsyncResult?)_running)?.AsyncWaitHandle.WaitOne();

    private void Make(ReadOnlySpan<int> rows, int epoch)
    {
        foreach (var (placeholder, array) in dataset)
        {
            if (dataset.AugmentationOf(placeholder) is not { } augmentation) continue;
            var length = (int)array.RowLength;
            if (!_buffers.TryGetValue(placeholder, out var buffer) || buffer.Length != rows.Length * length)
                _buffers[placeholder] = buffer = new float[rows.Length * length];
            var row = new float[length];
            for (var i = 0; i < rows.Length; i++)
            {
                array.GatherRows(rows.Slice(i, 1), row.AsSpan());
                augmentation.Apply(row, buffer.AsSpan(i * length, length), seed, epoch, rows[i]);
            }
        }
    }
}
