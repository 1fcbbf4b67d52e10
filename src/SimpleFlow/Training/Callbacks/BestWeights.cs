namespace SimpleFlow;

/// <summary>Remembers the variables of the best epoch, and puts them back when the training ends.</summary>
/// <param name="metric">The metric to watch, by its name; the loss by default. It is measured on the validation data, or on the training
/// data if there is none.</param>
/// <param name="higherIsBetter">Whether higher values are better; by default they are for a metric, and not for a loss.</param>
/// <param name="within">How much worse than the best a later epoch may be and still be kept instead. Few validation rows do not tell such
/// epochs apart, and with a schedule the later ones are usually better. 0 keeps the very best.</param>
public sealed class BestWeights(string? metric = null, bool? higherIsBetter = null, double within = 0) : Callback
{
    private const string KeptEntry = "kept epoch";
    private readonly Watched _watched = new(metric, higherIsBetter, atLeast: 0);
    private readonly double _within = within >= 0 && double.IsFinite(within) ? within
        : throw new ArgumentOutOfRangeException(nameof(within), within,
            "The margin by which an epoch may be worse than the best must be finite and not negative.");
    private VariableValues? _best;
    private int _kept;

    /// <summary>The epoch whose variables are kept, counted over the life of the model; 0 before the first.</summary>
    public int BestEpoch => _kept;

    /// <summary>The best value of the watched number; NaN before the first epoch.</summary>
    public double Best => _watched.Best;

    /// <inheritdoc/>
    protected internal override string Settings => $"{_watched.Settings}{(_within == 0 ? "" : $", within {_within}")}";

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        _watched.Clear();
        (_best, _kept) = (null, 0);
    }

    /// <inheritdoc/>
    protected internal override void Save(CallbackState state)
    {
        _watched.Save(state);
        if (_within > 0) state.Numbers[KeptEntry] = _kept;
        _best?.Save(state);
    }

    /// <inheritdoc/>
    protected internal override void Restore(TrainingRun run, CallbackState state)
    {
        _watched.Restore(state);
        _kept = _within > 0 ? (int)Math.Min(state.Count(KeptEntry), int.MaxValue) : _watched.BestEpoch;
        if (_watched.BestEpoch == 0) return;
        var best = new VariableValues(run.Model.Variables);
        best.Restore(state);
        _best = best;
    }

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        if (!_watched.Improves(epoch) && !(_within > 0 && _watched.IsWithin(epoch, _within))) return;
        _kept = epoch.Epoch;
        _best ??= new VariableValues(run.Model.Variables);
        _best.Keep();
    }

    /// <inheritdoc/>
    protected internal override void End(TrainingRun run)
    {
        _best?.PutBack();
        _best = null;
    }
}
