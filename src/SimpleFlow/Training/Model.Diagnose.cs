namespace SimpleFlow;

/// <content>Why a training does not learn.</content>
public sealed partial class Model
{
    /// <summary>
    /// Looks for what keeps the training from learning: in its history (a loss that rises, a score at the level of the baseline,
    /// overfitting) and in one step on a batch (values that explode, gradients that vanish, units that are always off,
    /// steps that are too long). Nothing is changed.
    /// </summary>
    /// <param name="feed">A batch of the training data; 8 rows or more, so that a unit that is
    /// off for all of them is off as a rule.</param>
    /// <param name="baseline">What a model reaches without learning, of the data that the last metrics of the history are about:
    /// the validation data if there are any.</param>
    /// <exception cref="GraphException">The model has no optimizer or no loss, or a placeholder is missing or
    /// was fed a shape it does not have.</exception>
    /// <exception cref="DataException">An index is out of range.</exception>
    /// <exception cref="MemoryException">The values of all nodes of the step do not fit into memory at once:
    /// diagnose fewer rows.</exception>
    public TrainingDiagnosis Diagnose(Feed feed, Baseline? baseline = null)
    {
        ArgumentNullException.ThrowIfNull(feed);
        using var _ = Enter();
        var rate = (Optimizer?.LearningRate).GetValueOrDefault();
        using var held = _reading.Enter();
        var step = Prepare(Trainable(_training), feed);
        var sweep = new BackwardSweep(_total, _trained);
        var replay = new StepReplay([_total, .. _trained.Select(sweep.GradientOf).OfType<Node>(), .. _updates], step, _clock, _options);
        return new TrainingDiagnosis([.. HistoryFindings.Of(History.Epochs, baseline, rate),
            .. new BatchFindings(_total, sweep, _trained, _updates, replay).All()], baseline);
    }
}
