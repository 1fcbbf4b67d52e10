namespace SimpleFlow;

/// <summary>Ends a training when it does not get better any more. Together with <see cref="BestWeights"/> the
/// model is left as it was at its best.</summary>
/// <param name="patience">How many epochs in a row may be no better than the best before them.</param>
/// <param name="metric">The metric to watch, by its name; the loss where nothing is said.
/// Of the validation data, or of the training where there are none.</param>
/// <param name="higherIsBetter">Whether more of it is better; where nothing is said, less of a loss and more of a metric.</param>
/// <param name="atLeast">By how much an epoch must be better to count.</param>
public sealed class EarlyStopping(int patience = 5, string? metric = null, bool? higherIsBetter = null, double atLeast = 0) : Callback
{
    private readonly int _patience = patience >= 1 ? patience
        : throw new ArgumentOutOfRangeException(nameof(patience), patience, "The patience is at least one epoch.");
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
