namespace SimpleFlow.Cli.Recipes;

/// <summary>A new last layer on a network from an ONNX file. What the base makes of pictures may be of any size, so it is standardised
/// first.</summary>
internal static class BaseRecipe
{
    public const float LearningRate = 0.003f, TrainedLearningRate = 0.001f, WeightDecay = 0.01f;

    // A step of the head alone takes less than a millisecond; one through the base takes seconds, and changes much.
    private static readonly TrainingLength Head = new(2000, 32, FewestEpochs: 20, MostEpochs: 100),
        Whole = new(300, 16, FewestEpochs: 2, MostEpochs: 15);

    /// <param name="settings">The user's settings.</param>
    /// <param name="from">The base.</param>
    /// <param name="rows">The number of training images.</param>
    public static Recipe Create(TrainSettings settings, Base from, int rows)
    {
        var goesThrough = from.Body.IsTrained || settings.Augment == true;
        var (epochs, batch) = (goesThrough ? Whole : Head).For(rows, settings.Batch);
        var rate = settings.LearningRate ?? (from.Body.IsTrained ? TrainedLearningRate : LearningRate);
        return new Recipe(
            [from.Body, new Layer.BatchNorm(), .. MlpRecipe.Layers(settings.Hidden ?? [])], epochs, batch,
            settings.Optimizer is { } name ? OptimizerNames.Create(name, settings.LearningRate, from.Groups)
                : new AdamW(rate, weightDecay: WeightDecay) { Groups = from.Groups },
            Schedule.OneCycle())
        { Base = from };
    }
}
