namespace SimpleFlow;

/// <summary>A dataset cut into batches, each a feed: all but the last have the same size. Of several ranks, each gets its part of every
/// batch. One feed is used again for all of them, so a batch allocates nothing.</summary>
internal sealed class Batches : IDisposable
{
    private readonly Dataset _dataset;
    private readonly int _rows, _batchSize, _rank, _ranks;
    private readonly Prefetch? _prefetch;
    private readonly Feed _feed = [];
    private readonly RowPlace _place = new();
    private List<KeyValuePair<Placeholder, DataArray>>? _full, _last;

    /// <param name="dataset">The data.</param>
    /// <param name="rows">How many rows an epoch visits.</param>
    /// <param name="batchSize">How many rows a batch of all ranks has.</param>
    /// <param name="seed">The seed of the rows' random changes.</param>
    /// <param name="augmented">Whether to apply the dataset's augmentations: in training.</param>
    /// <param name="rank">Whose part to load.</param>
    /// <param name="ranks">Of how many.</param>
    public Batches(Dataset dataset, int rows, int batchSize, ulong seed = 0, bool augmented = false, int rank = 0, int ranks = 1)
    {
        (_dataset, _rows, _batchSize, _rank, _ranks) = (dataset, rows, batchSize, rank, ranks);
        Count = (int)(((long)rows + batchSize - 1) / batchSize);
        if (Prefetch.Pays(dataset, augmented)) _prefetch = new Prefetch(dataset, seed, augmented);
    }

    public int Count { get; }

    /// <summary>The batch's rows as a feed; valid until the next call.</summary>
    public Feed Load(int[] order, int batch, int epoch)
    {
        var part = PartOf(batch);
        var chosen = RowsOf(order, batch);
        (_place.Order, _place.Start) = (order, batch * _batchSize + part.First);
        _prefetch?.Await(chosen.Span, epoch);
        var views = chosen.Length == PartOf(0).Rows ? _full ??= Views(chosen.Length) : _last ??= Views(chosen.Length);
        foreach (var (placeholder, view) in views) _feed[placeholder] = _prefetch?.Prepared(placeholder) ?? view;
        (_feed.DataRows, _feed.Part, _feed.Share) = (chosen, part, Count > 1 ? (float)part.AllRows / _batchSize : 1);
        // The next batch is made while this one is trained on.
        if (batch + 1 < Count) _prefetch?.Start(RowsOf(order, batch + 1), epoch);
        return _feed;
    }

    public void Dispose() => _prefetch?.Dispose();

    private Kernels.BatchPart PartOf(int batch)
    {
        var all = Math.Min(_batchSize, _rows - batch * _batchSize);
        var cut = new Kernels.EvenCut(all, _ranks);
        var (first, rows) = (cut.Before(_rank), cut.Before(_rank + 1) - cut.Before(_rank));
        return new Kernels.BatchPart(rows == 0 ? 0 : first, rows, all);
    }

    // A rank for which no row is left computes the first one, which does not count.
    private ReadOnlyMemory<int> RowsOf(int[] order, int batch)
    {
        var part = PartOf(batch);
        return order.AsMemory(batch * _batchSize + part.First, Math.Max(part.Rows, 1));
    }

    /// <summary>As many rows of every array, from where the batch begins.</summary>
    private List<KeyValuePair<Placeholder, DataArray>> Views(int rows)
    {
        var views = new List<KeyValuePair<Placeholder, DataArray>>();
        foreach (var (placeholder, array) in _dataset)
        {
            // A flat array may fill a shape of fewer rows, but shuffling its elements would mix the examples.
            var shape = FeedShape.Of(placeholder, array, rows);
            if (shape.Rank > 0 && shape[0] != rows)
                throw GraphException.WrongFeed(placeholder, Shape.OfLongs([rows, .. array.Dimensions[1..]]));
            views.Add(KeyValuePair.Create(placeholder, array.RowsAt(_place, rows)));
        }
        return views;
    }
}
