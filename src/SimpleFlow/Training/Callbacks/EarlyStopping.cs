namespace SimpleFlow;

/// <summary>Ends training when it no longer improves. Together with <see cref="BestWeights"/> it leaves the model as it was at its
/// best.</summary>
/// <param name="patience">How many epochs in a row may fail to improve on the best before them.</param>
/// <param name="metric">The metric to watch, by its name; the loss by default. It is measured on the validation data, or on the training
/// data if there is none.</param>
/// <param name="higherIsBetter">Whether higher values are better; by default they are for a metric, and not for a loss.</param>
/// <param name="atLeast">The least improvement that counts.</param>
public sealed class EarlyStopping(int patience = 5, string? metric = null, bool? higherIsBetter = null, double atLeast = 0) : Callback
{
    private readonly int _patience = patience >= 1 ? patience
        : throw new ArgumentOutOfRangeException(nameof(patience), patience, "The patience must be at least one epoch.");
    private readonly Watched _watched = new(metric, higherIsBetter, atLeast);

    /// <summary>The epoch that was the best so far, counted over the life of the model; 0 before the first.</summary>
    public int BestEpoch => _watched.BestEpoch;

    /// <inheritdoc/>
    protected internal override string Settings => $"patience {_patience}, {_watched.Settings}";

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run) => _watched.Clear();

    /// <inheritdoc/>
    protected internal override void Save(CallbackState state) => _watched.Save(state);

    /// <inheritdoc/>
    protected internal override void Restore(TrainingRun run, CallbackState state) => _watched.Restore(state);

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        if (!_watched.Improves(epoch) && epoch.Epoch - _watched.BestEpoch >= _patience)
            run.Stop(
                $"no better {_watched.Name} than {_watched.Best:G5} in epoch {_watched.BestEpoch} for "
                    + $"{NumberText.Count(_patience, "epoch")}");
    }
}
