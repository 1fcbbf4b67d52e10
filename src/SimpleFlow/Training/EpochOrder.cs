namespace SimpleFlow;

/// <summary>The rows that each epoch visits, in order.</summary>
internal sealed class EpochOrder
{
    private readonly FitOptions _options;
    private readonly Dataset _data;
    private readonly int[] _order;

    /// <param name="data">The data.</param>
    /// <param name="options">Whether to shuffle or sample.</param>
    /// <exception cref="DataException">The sampler gives no rows, or rows that the data do not have.</exception>
    public EpochOrder(Dataset data, FitOptions options)
    {
        (_options, _data) = (options, data);
        BatchSize = options.BatchOfAll;
        if (options.Sampler is not null && data.Window is not null)
            throw new DataException("A sampler picks rows in any order, and those of a stream come one after the other: leave it out.");
        _order = new int[options.Sampler is null ? data.Rows : Sampled(0).Count];
    }

    /// <summary>How many rows an epoch visits.</summary>
    public int Rows => _order.Length;

    /// <summary>How many rows a batch of all ranks has.</summary>
    public int BatchSize { get; }

    /// <summary>How many steps an epoch has.</summary>
    public int Steps => (int)(((long)Rows + BatchSize - 1) / BatchSize);

    /// <summary>The last batch of an epoch as a fraction of a full batch.</summary>
    public float LastBatch =>
        Rows <= BatchSize || Rows % BatchSize == 0 ? 1 : (float)(Rows % BatchSize) / BatchSize;

    /// <summary>The rows of an epoch; valid until the next call.</summary>
    /// <param name="epoch">How many epochs the model has trained before.</param>
    /// <param name="seed">The seed of the random order.</param>
    /// <exception cref="DataException">The sampler gives another number of rows than for epoch 0,
    /// or rows that the data do not have.</exception>
    public int[] Of(int epoch, ulong seed)
    {
        if (_options.Sampler is not null) Sample(epoch);
        else if (_options.Shuffle) _data.FillOrder(_order, seed, epoch);
        else for (var i = 0; i < _order.Length; i++) _order[i] = i;
        return _order;
    }

    private void Sample(int epoch)
    {
        var rows = Sampled(epoch);
        if (rows.Count != _order.Length)
            throw new DataException(
                $"The sampler gives {NumberText.Count(rows.Count, "row")} for epoch {epoch}, and {Rows} for epoch 0. "
                    + "Give as many in each.");
        for (var i = 0; i < _order.Length; i++) _order[i] = rows[i];
    }

    private IReadOnlyList<int> Sampled(int epoch)
    {
        var rows = _options.Sampler!(epoch);
        if (rows is null || rows.Count == 0)
            throw new DataException($"The sampler gives no rows for epoch {epoch}. An epoch needs at least one.");
        foreach (var row in rows)
        {
            if ((uint)row >= (uint)_data.Rows)
                throw new DataException($"The sampler gives row {row} for epoch {epoch}, and the data have rows 0 to {_data.Rows - 1}.");
        }
        return rows;
    }
}
