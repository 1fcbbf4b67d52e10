namespace SimpleFlow;

/// <summary>Training steps with a learning rate that grows by the same factor from each to the next, until the loss runs away.</summary>
internal sealed class LearningRateSearch(Model model, Dataset dataset, int batchSize, CancellationToken cancellation)
{
    private const double RunsAway = 4;          // times the lowest smoothed loss
    private const double Smoothing = 0.9;       // of an average that forgets

    private readonly List<float> _rates = [], _losses = [];
    private readonly List<double> _smoothed = [];
    private double _average, _weight, _lowest = double.PositiveInfinity;

    /// <summary>Makes the steps. Variables and the count of steps are left as they are after the last one.</summary>
    /// <exception cref="TrainingException">The very first loss or its gradients are not finite.</exception>
    public LearningRateCurve Run(float from, float to, int steps)
    {
        using var batches = new Batches(dataset, dataset.Rows, batchSize, model.Seed, augmented: true);
        var order = new int[dataset.Rows];
        var diverged = false;
        for (var i = 0; i < steps && !diverged; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (i % batches.Count == 0) dataset.FillOrder(order, model.Seed, i / batches.Count);
            var rate = (float)(from * Math.Pow(to / (double)from, i / (steps - 1.0)));
            var feed = batches.Load(order, i % batches.Count, i / batches.Count);
            var executable = PlanData.Prepare(model.TrainingSteps.ForOneBatch, feed, cancellation);
            if (i == 0) model.TrainingSteps.Make(executable, feed.DataRows, rate);
            else diverged = !model.TrainingSteps.TryMake(executable, feed.DataRows.Span, rate);
            if (!diverged) diverged = RunsAwayWith(rate, executable.Output(0).Span[0]);
        }
        return new LearningRateCurve(_rates, _losses, _smoothed, diverged);
    }

    private bool RunsAwayWith(float rate, float loss)
    {
        (_average, _weight) = (Smoothing * _average + (1 - Smoothing) * loss, Smoothing * _weight + 1 - Smoothing);
        _rates.Add(rate);
        _losses.Add(loss);
        _smoothed.Add(_average / _weight);
        _lowest = Math.Min(_lowest, _smoothed[^1]);
        return _smoothed[^1] > RunsAway * _lowest && _lowest > 0;
    }
}
