namespace SimpleFlow;

/// <summary>
/// Lowers the learning rate when a model no longer improves: as in Keras's <c>ReduceLROnPlateau</c>, after as many epochs without a better
/// value as the patience, and again after as many more. A <see cref="Schedule"/> multiplies the rate that this leaves.
/// </summary>
/// <param name="factor">What the rate is multiplied by, from above 0 to below 1.</param>
/// <param name="patience">How many epochs in a row may fail to improve on the best before them. PyTorch waits one more.</param>
/// <param name="metric">The metric to watch, by its name; the loss by default. It is measured on the validation data, or on the training
/// data if there is none.</param>
/// <param name="higherIsBetter">Whether higher values are better; by default they are for a metric, and not for a loss.</param>
/// <param name="atLeast">The least improvement that counts.</param>
/// <param name="lowestRate">The rate does not fall below this.</param>
public sealed class ReduceOnPlateau(
    float factor = 0.1f, int patience = 10, string? metric = null, bool? higherIsBetter = null, double atLeast = 0, float lowestRate = 0)
    : Callback
{
    private readonly float _factor = factor is > 0 and < 1 ? factor
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "The factor must lie between 0 and 1: the rate falls.");
    private readonly int _patience = patience >= 1 ? patience
        : throw new ArgumentOutOfRangeException(nameof(patience), patience, "The patience must be at least one epoch.");
    private readonly float _lowestRate = lowestRate >= 0 && float.IsFinite(lowestRate) ? lowestRate
        : throw new ArgumentOutOfRangeException(nameof(lowestRate), lowestRate, "The lowest rate must be finite and not negative.");
    private readonly Watched _watched = new(metric, higherIsBetter, atLeast);

    /// <summary>How many epochs in a row have not improved, since the rate was last lowered.</summary>
    public int Waited { get; private set; }

    /// <inheritdoc/>
    protected internal override string Settings =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture,
            $"factor {_factor}, patience {_patience}, {_watched.Settings}{(_lowestRate == 0 ? "" : $", not below {_lowestRate}")}");

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        _watched.Clear();
        Waited = 0;
    }

    /// <inheritdoc/>
    protected internal override void Save(CallbackState state)
    {
        _watched.Save(state);
        state.Numbers["waited"] = Waited;
    }

    /// <inheritdoc/>
    protected internal override void Restore(TrainingRun run, CallbackState state)
    {
        _watched.Restore(state);
        Waited = (int)Math.Min(state.Count("waited"), int.MaxValue);
    }

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        Waited = _watched.Improves(epoch) ? 0 : Waited + 1;
        if (Waited < _patience || run.Model.Optimizer is not { } optimizer) return;
        Waited = 0;
        // A rate that is lower already stays.
        if (optimizer.LearningRate > _lowestRate) optimizer.LearningRate = Math.Max(_lowestRate, optimizer.LearningRate * _factor);
    }
}
