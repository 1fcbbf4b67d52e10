namespace SimpleFlow.Cli.Recipes;

/// <summary>Two small dense layers for rows of a table. Small tables are seen more often than large ones.</summary>
internal static class TableRecipe
{
    public const int Batch = 32, Steps = 10_000, FewestEpochs = 5, MostEpochs = 200;
    public const string Optimizer = "adamw";
    public static readonly int[] Hidden = [64, 32];

    public static Recipe Create(TrainSettings settings, int rows)
    {
        var batches = (rows - 1) / (settings.Batch ?? Batch) + 1;
        return new Recipe(
            MlpRecipe.Layers(settings.Hidden ?? Hidden), Math.Clamp(Steps / batches, FewestEpochs, MostEpochs), Batch,
            OptimizerNames.Create(settings.Optimizer ?? Optimizer, settings.LearningRate), Schedule.Cosine());
    }
}
