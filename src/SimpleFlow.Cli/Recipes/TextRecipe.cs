namespace SimpleFlow.Cli.Recipes;

/// <summary>A small transformer that reads characters. Short texts are read more often than long ones.</summary>
internal static class TextRecipe
{
    public const int Batch = 16, Steps = 2000, FewestEpochs = 1, MostEpochs = 10;
    public const float LearningRate = 0.003f, WeightDecay = 0.05f;
    private const int Width = 96, Heads = 4, Blocks = 2;

    public static Recipe Create(TrainSettings settings, int characters, int pieces)
    {
        var batches = (pieces - 1) / (settings.Batch ?? Batch) + 1;
        return new Recipe(
            [
                new Layer.Embedding(characters, Width), new Layer.PositionalEmbedding(),
                .. Enumerable.Range(0, Blocks).Select(_ => new Layer.TransformerBlock(Heads, Causal: true, DropoutRate: 0.2f)),
                new Layer.LayerNorm(),
            ],
            Math.Clamp((int)Math.Round(Steps / (double)batches), FewestEpochs, MostEpochs), Batch,
            settings.Optimizer is { } name ? OptimizerNames.Create(name, settings.LearningRate)
                : new AdamW(settings.LearningRate ?? LearningRate, weightDecay: WeightDecay),
            Schedule.OneCycle(warmUp: 0.1));
    }
}
