namespace SimpleFlow;

/// <summary>What <c>model.FindLearningRate</c> found: the loss at learning rates that grow from step to step, and the rates that a person
/// would pick from the curve. It applies none of them.</summary>
/// <param name="Rates">The rate of every step.</param>
/// <param name="Losses">The loss that every step started from.</param>
/// <param name="Smoothed">The losses with the noise of the batches averaged out of them.</param>
/// <param name="Diverged">Whether the last rate was so large that the loss ran away.</param>
public sealed record LearningRateCurve(IReadOnlyList<float> Rates, IReadOnlyList<float> Losses, IReadOnlyList<double> Smoothed,
    bool Diverged)
{
    /// <summary>The rate of every step.</summary>
    public IReadOnlyList<float> Rates { get; init => field = Required.Value(value); } = Required.Value(Rates);

    /// <summary>The losses with the noise of the batches averaged out of them.</summary>
    public IReadOnlyList<double> Smoothed { get; init => field = Required.Value(value); } = Required.Value(Smoothed);

    /// <summary>
    /// Where the smoothed loss falls most steeply along the logarithm of the rate: a rate to train with from beginning to end. Null if it
    /// falls nowhere.
    /// </summary>
    public float? Steepest
    {
        get
        {
            var (best, slope) = (-1, 0.0);
            for (var i = 1; i < Lowest; i++)
            {
                var own = Smoothed[i + 1] - Smoothed[i - 1];
                if (own < slope) (best, slope) = (i, own);
            }
            return best < 0 ? null : Rates[best];
        }
    }

    /// <summary>A tenth of the rate at which the loss is lowest: the largest that is likely safe, for a schedule that comes down from it.
    /// Null if the loss never fell.</summary>
    public float? TenthOfLowest => Lowest == 0 ? null : Rates[Lowest] / 10;

    // The index of the lowest loss; 0 if none is lower than the first by more than rounding. The first tenth of the steps is skipped: there
    // the average covers only a few batches.
    private int Lowest
    {
        get
        {
            var (best, count) = (0, Math.Min(Smoothed.Count, Rates.Count));
            if (count == 0) return 0;
            for (var i = Math.Min(count - 1, count / 10); i < count; i++)
            {
                if (Smoothed[i] < Smoothed[best]) best = i;
            }
            return Smoothed[0] - Smoothed[best] > 1e-6 * Math.Abs(Smoothed[0]) ? best : 0;
        }
    }
}
