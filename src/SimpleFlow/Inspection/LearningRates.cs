namespace SimpleFlow;

public static partial class Inspection
{
    extension(Model model)
    {
        /// <summary>
        /// Makes steps with a learning rate that grows from one to the next by the same factor, and watches the loss (L. N.
        /// Smith, "Cyclical learning rates for training neural networks", 2017). It ends early once the loss runs away. Afterwards
        /// everything is restored: variables, the optimizer's state and rate, the count of steps.
        /// </summary>
        /// <param name="dataset">What to train on.</param>
        /// <param name="batchSize">Rows per step.</param>
        /// <param name="from">The first rate.</param>
        /// <param name="to">The last rate, or the largest that the optimizer accepts if that is smaller.</param>
        /// <param name="steps">How many rates there are.</param>
        /// <param name="cancellation">Stops after the running step.</param>
        /// <exception cref="DataException">The dataset is empty.</exception>
        /// <exception cref="GraphException">The model has no optimizer, or a placeholder is missing or has
        /// rows of a shape that does not fit.</exception>
        /// <exception cref="TrainingException">The very first loss or its gradients are not finite.</exception>
        /// <exception cref="OperationCanceledException">It was cancelled; everything is as it was before.</exception>
        public LearningRateCurve FindLearningRate(Dataset dataset, int batchSize = 32, float from = 1e-7f, float to = 10, int steps = 100,
            CancellationToken cancellation = default)
        {
            ArgumentNullException.ThrowIfNull(model);
            ArgumentNullException.ThrowIfNull(dataset);
            ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
            ArgumentOutOfRangeException.ThrowIfLessThan(steps, 3);
            if (!(from > 0 && float.IsFinite(from)))
                throw new ArgumentOutOfRangeException(nameof(from), from, "The first rate must be a finite number above 0.");
            if (!(to > from && float.IsFinite(to)))
                throw new ArgumentOutOfRangeException(nameof(to), to, "The last rate must be a finite number above the first.");
            // Beyond that nothing is learned: the optimizer does not accept such a rate.
            var largest = model.Steps?.LargestRate ?? float.MaxValue;
            to = Math.Min(to, largest);
            if (!(to > from))
                throw new ArgumentOutOfRangeException(nameof(from), from,
                    $"The first rate must be below the largest that the optimizer accepts, {largest:G2}.");
            Model.RequireRows(dataset);
            using var _ = model.Enter();
            var training = model.TrainingSteps;
            using var claim = training.Claim.Enter();
            var kept = new VariableValues(model.AllVariables);
            var step = model.Clock.Step;
            try
            {
                return new LearningRateSearch(model, dataset, batchSize, cancellation).Run(from, to, steps);
            }
            finally
            {
                kept.PutBack();
                model.Clock.Step = step;
            }
        }
    }
}
