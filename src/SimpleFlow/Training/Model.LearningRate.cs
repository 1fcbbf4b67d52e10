namespace SimpleFlow;

/// <content>Which learning rate would do.</content>
public sealed partial class Model
{
    private const double RunsAway = 4;          // times the lowest smoothed loss
    private const double Smoothing = 0.9;       // of an average that forgets

    /// <summary>
    /// Makes steps with a learning rate that grows from one to the next by the same factor, and watches the loss (L. N.
    /// Smith, "Cyclical learning rates for training neural networks", 2017). It ends early once the loss runs away.
    /// Afterwards everything is as it was before: variables, the optimizer's memory and rate, the count of steps.
    /// </summary>
    /// <param name="dataset">What to train on.</param>
    /// <param name="batchSize">Rows per step.</param>
    /// <param name="from">The first rate.</param>
    /// <param name="to">The last rate, or the largest that the optimizer takes if that is smaller.</param>
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
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 3);
        if (!(from > 0 && float.IsFinite(from)))
            throw new ArgumentOutOfRangeException(nameof(from), from, "The first rate is a finite number above 0.");
        if (!(to > from && float.IsFinite(to)))
            throw new ArgumentOutOfRangeException(nameof(to), to, "The last rate is a finite number above the first.");
        // Beyond that nothing is learned: the optimizer does not take such a rate.
        if (Optimizer is not null) to = Math.Min(to, Optimizer.LargestRate);
        if (!(to > from))
            throw new ArgumentOutOfRangeException(nameof(from), from,
                $"The first rate is below the largest that the optimizer takes, {Optimizer!.LargestRate:G2}.");
        RequireRows(dataset);
        using var _ = Enter();
        var session = Trainable(_training);
        using var claim = new VariableClaim(_written);
        var kept = new VariableValues(AllVariables);
        var step = _clock.Step;
        var (rates, losses, smoothed) = (new List<float>(), new List<float>(), new List<double>());
        var diverged = false;
        try
        {
            using var batches = new Batches(session, dataset, batchSize, cancellation, seed: Seed, augmented: true);
            var order = new int[dataset.Rows];
            double average = 0, weight = 0, lowest = double.PositiveInfinity;
            for (var i = 0; i < steps && !diverged; i++)
            {
                cancellation.ThrowIfCancellationRequested();
                if (i % batches.Count == 0) Shuffle.Fill(order, Seed, i / batches.Count);
                var rate = (float)(from * Math.Pow(to / (double)from, i / (steps - 1.0)));
                var executable = batches.Load(order, i % batches.Count, i / batches.Count, out var rows);
                diverged = !Run(executable, batches.Loaded.Span, rate);
                if (diverged && i == 0) throw NotFinite(executable, batches.Loaded.Span);
                if (diverged) break;
                _clock.Step++;
                var loss = executable.Output(0).Span[0];
                (average, weight) = (Smoothing * average + (1 - Smoothing) * loss, Smoothing * weight + 1 - Smoothing);
                rates.Add(rate);
                losses.Add(loss);
                smoothed.Add(average / weight);
                lowest = Math.Min(lowest, smoothed[^1]);
                diverged = smoothed[^1] > RunsAway * lowest && lowest > 0;
            }
        }
        finally
        {
            kept.PutBack();
            _clock.Step = step;
        }
        return new LearningRateCurve(rates, losses, smoothed, diverged);
    }
}
