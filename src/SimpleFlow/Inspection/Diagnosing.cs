namespace SimpleFlow;

public static partial class Inspection
{
    extension(Model model)
    {
        /// <summary>
        /// Looks for what keeps the model from learning: in its history (a loss that rises, a score at the level of the baseline,
        /// overfitting) and in one step on a batch (values that explode, gradients that vanish, units that are always off,
        /// steps that are too long). It changes nothing.
        /// </summary>
        /// <param name="feed">A batch of the training data; 8 rows or more, so that a unit that is off for all of them is probably always
        /// off.</param>
        /// <param name="baseline">What a model reaches without learning, on the data of the history's last metrics: the validation data if
        /// there is any.</param>
        /// <exception cref="GraphException">The model has no optimizer or no loss, or a placeholder is missing or
        /// was fed a shape it does not have.</exception>
        /// <exception cref="DataException">An index is out of range.</exception>
        /// <exception cref="MemoryException">The values of all nodes of the step do not fit into memory at once:
        /// diagnose fewer rows.</exception>
        public TrainingDiagnosis Diagnose(Feed feed, Baseline? baseline = null)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(feed);
            using var _ = model.Enter();
            var rate = (model.Optimizer?.LearningRate).GetValueOrDefault();
            using var held = model.Reading.Enter();
            var (steps, loss) = (model.TrainingSteps, model.Graph.Total);
            var step = PlanData.Prepare(steps.ForOneBatch, feed);
            var sweep = new BackwardSweep(loss, steps.Trained);
            var batch = new BatchFindings(loss, sweep, steps.Trained, steps.Updates, steps.Replay(sweep, steps.Updates, step));
            return new TrainingDiagnosis([.. HistoryFindings.Of(model.History.Epochs, baseline, rate), .. batch.All()], baseline);
        }
    }
}
