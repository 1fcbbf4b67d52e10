namespace SimpleFlow.Cli.Recipes;

/// <summary>Two convolutions with pooling, a dense layer and dropout: 99.3 % of the test digits in less than a minute.</summary>
internal static class CnnRecipe
{
    public const int Epochs = 8, Batch = 100;
    public const float LearningRate = 0.003f, WeightDecay = 0.01f;
    public static readonly int[] Hidden = [128];

    public static Recipe Create(TrainSettings settings) => new(
        [
            new Layer.Conv2D(16, 5, ActivationKind.Relu), new Layer.MaxPool2D(),
            new Layer.Conv2D(32, 5, ActivationKind.Relu), new Layer.MaxPool2D(),
            .. MlpRecipe.Layers(settings.Hidden ?? Hidden), new Layer.Dropout(0.5f),
        ],
        Epochs, Batch,
        settings.Optimizer is { } name ? OptimizerNames.Create(name, settings.LearningRate) : new AdamW(settings.LearningRate ?? LearningRate, weightDecay: WeightDecay),
        Schedule.OneCycle());
}
