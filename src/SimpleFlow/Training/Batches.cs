using SimpleFlow.Execution;
using SimpleFlow.Kernels;

namespace SimpleFlow;

/// <summary>A dataset cut into batches for a session: all but the last have the same size, so there are at most two plans.</summary>
internal sealed class Batches : IDisposable
{
    private readonly Session _session, _ending;
    private readonly Dataset _dataset;
    private readonly int _rows, _batchSize;
    private readonly CancellationToken _cancellation;
    private readonly Prefetch? _prefetch;
    private Executable? _full, _last;

    /// <param name="session">Runs the batches.</param>
    /// <param name="dataset">The data.</param>
    /// <param name="rows">How many rows an epoch visits.</param>
    /// <param name="batchSize">How many rows a batch has.</param>
    /// <param name="last">Runs the last batch if it is smaller; null: the same session as for the others.</param>
    /// <param name="seed">The seed of the rows' random changes.</param>
    /// <param name="cancellation">Stops the compilation of a plan.</param>
    /// <param name="augmented">Whether to apply the dataset's augmentations: in training.</param>
    public Batches(
        Session session, Dataset dataset, int rows, int batchSize, CancellationToken cancellation, Session? last = null, ulong seed = 0,
        bool augmented = false)
    {
        (_session, _ending, _dataset, _rows, _batchSize, _cancellation) = (session, last ?? session, dataset, rows, batchSize,
            cancellation);
        Count = (int)(((long)rows + batchSize - 1) / batchSize);
        if (augmented && dataset.IsAugmented) _prefetch = new Prefetch(dataset, seed);
    }

    public int Count { get; }

    /// <summary>The rows of the dataset in the batch that was loaded last.</summary>
    public ReadOnlyMemory<int> Loaded { get; private set; }

    /// <summary>Copies the batch's rows to where the plan reads them.</summary>
    public Executable Load(int[] order, int batch, int epoch, out int rows)
    {
        var chosen = RowsOf(order, batch);
        (Loaded, rows) = (chosen, chosen.Length);
        var executable = rows == _batchSize ? _full ??= _session.For(Shapes(rows), _cancellation)
            : _last ??= _ending.For(Shapes(rows), _cancellation);
        _prefetch?.Await(chosen.Span, epoch);
        foreach (var (placeholder, array) in _dataset)
        {
            if (!executable.Reads(placeholder)) continue;
            if (_prefetch?.Changed(placeholder) is { } changed) changed.CopyTo(executable.Feed(placeholder).Span);
            else FeedShape.Gather(array, chosen.Span, executable.Feed(placeholder), placeholder.ElementType);
        }
        // The next batch is made while this one is trained on.
        if (batch + 1 < Count) _prefetch?.Start(RowsOf(order, batch + 1), epoch);
        return executable;
    }

    public void Dispose() => _prefetch?.Dispose();

    private ReadOnlyMemory<int> RowsOf(int[] order, int batch) =>
        order.AsMemory(batch * _batchSize, Math.Min(_batchSize, _rows - batch * _batchSize));

    private Dictionary<Placeholder, Shape> Shapes(int rows)
    {
        var shapes = new Dictionary<Placeholder, Shape>(ReferenceEqualityComparer.Instance);
        foreach (var (placeholder, array) in _dataset)
        {
            var shape = FeedShape.Of(placeholder, array, rows);
            // A flat array may fill a shape of fewer rows, but shuffling its elements would mix the examples.
            if (shape.Rank > 0 && shape[0] != rows)
                throw GraphException.WrongFeed(placeholder, Shape.OfLongs([rows, .. array.Dimensions[1..]]));
            shapes[placeholder] = shape;
        }
        return shapes;
    }
}
