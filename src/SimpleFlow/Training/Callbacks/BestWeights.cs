namespace SimpleFlow;

/// <summary>Remembers the variables of the best epoch, and puts them back when the training ends.</summary>
/// <param name="metric">The metric to watch, by its name; the loss where nothing is said. Of the validation data, or of the training where there are none.</param>
/// <param name="higherIsBetter">Whether more of it is better; where nothing is said, less of a loss and more of a metric.</param>
public sealed class BestWeights(string? metric = null, bool? higherIsBetter = null) : Callback
{
    private readonly Watched _watched = new(metric, higherIsBetter, atLeast: 0);
    private VariableValues? _best;

    /// <summary>The epoch whose variables are kept, counted over the life of the model; 0 before the first.</summary>
    public int BestEpoch => _watched.BestEpoch;

    /// <summary>What the watched number was there; NaN before the first epoch.</summary>
    public double Best => _watched.Best;

    /// <inheritdoc/>
    protected internal override string Settings => _watched.Settings;

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        _watched.Clear();
        _best = null;
    }

    /// <inheritdoc/>
    protected internal override void Save(CallbackState state)
    {
        _watched.Save(state);
        _best?.Save(state);
    }

    /// <inheritdoc/>
    protected internal override void Restore(TrainingRun run, CallbackState state)
    {
        _watched.Restore(state);
        if (_watched.BestEpoch == 0) return;
        var best = new VariableValues(run.Model.Variables);
        best.Restore(state);
        _best = best;
    }

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        if (!_watched.Improves(epoch)) return;
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
