namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Three small dense layers for rows of a table, with SiLU, whose smooth bends suit amounts and probabilities better than ReLU's corners.
/// The rate is high, so that a jump in one column is found too, and the average of the weights over the last steps smooths out how far a
/// high rate makes them wander. Outliers are clipped. Small tables are seen more often than large ones. docs/defaults.md compares it with
/// gradient-boosted trees.
/// </summary>
internal static class TableRecipe
{
    public const int Batch = 32, Steps = 10_000, FewestEpochs = 5, MostEpochs = 200;
    public const string Optimizer = "adamw";
    public const float LearningRate = 0.02f;
    public static readonly int[] Hidden = [64, 64, 64];

    // The weights are averaged over about 500 steps.
    private const float Average = 0.998f;

    // Adam moves every weight alike, so a unit's change grows with the number of its inputs: with more columns than these the rate is
    // smaller.
    private const int FullRateColumns = 200;

    // Without gradients, a weight decays by a factor of e to the minus this in a training of the usual length: few rows make few steps, and
    // they need the decay most. It does not depend on --epochs, so that --resume with more epochs continues with the same optimizer. With
    // very few steps it is less, or a single step would decay too much.
    private const float TotalDecay = 3, MostDecay = 1;

    /// <param name="settings">The user's settings.</param>
    /// <param name="rows">The number of training rows.</param>
    /// <param name="columns">The number of input columns.</param>
    public static Recipe Create(TrainSettings settings, int rows, int columns)
    {
        var batches = (rows - 1) / (settings.Batch ?? Batch) + 1;
        var epochs = Math.Clamp(Steps / batches, FewestEpochs, MostEpochs);
        return new Recipe(
            [new Layer.SoftClip(), .. (settings.Hidden ?? Hidden).Select(Dense)],
            epochs, Batch, OptimizerFor(settings, (long)batches * epochs, columns), Schedule.Cosine(), Average);
    }

    private static Layer Dense(int units, int index) => new Layer.Dense(units, Activation.Silu) { Name = $"hidden {index + 1}" };

    private static Optimizer OptimizerFor(TrainSettings settings, long steps, int columns)
    {
        if (settings.Optimizer is { } name and not Optimizer) return OptimizerNames.Create(name, settings.LearningRate);
        var rate = settings.LearningRate ?? LearningRate * Math.Min(1, FullRateColumns / (float)columns);
        // A cosine's mean is a half.
        return OptimizerNames.WithRate(new AdamW(weightDecay: Math.Min(MostDecay, TotalDecay / (rate * steps / 2))), Optimizer, rate);
    }
}
