namespace SimpleFlow.Cli.Recipes;

/// <summary>Dense layers with ReLU for images, trained as one would today: initial weights after He, cross-entropy from logits, AdamW, a
/// rate that falls to nothing along a cosine.</summary>
internal static class MlpRecipe
{
    public const int Batch = 100, MnistRows = 60_000, MnistPixels = 784;
    public const string Optimizer = "adamw";
    public static readonly TrainingLength Length = new(2400, Batch, FewestEpochs: 4, MostEpochs: 60);

    // In a few thousand training steps Adam should forget old squares sooner than after its usual thousand, which costs about 15 of the
    // 10,000 test digits.
    public const float LearningRate = 0.004f, WeightDecay = 0.1f, SquareMemory = 0.98f;
    public static readonly int[] Hidden = [256];

    /// <param name="settings">The user's settings.</param>
    /// <param name="rows">The number of training images.</param>
    /// <param name="pixels">How many numbers make an image.</param>
    public static Recipe Create(TrainSettings settings, int rows = MnistRows, int pixels = MnistPixels)
    {
        var (epochs, batch) = Length.For(rows, settings.Batch);
        // Adam moves every weight alike, so a unit's change grows with the number of its inputs. Images of MNIST's size get the whole rate,
        // larger ones less.
        var rate = settings.LearningRate
            ?? (settings.Optimizer is null or Optimizer ? LearningRate * Math.Min(1, MnistPixels / (float)pixels) : null);
        return new Recipe(
            Layers(settings.Hidden ?? Hidden), epochs, batch,
            settings.Optimizer is null or Optimizer ? new AdamW(rate!.Value, WeightDecay, beta2: SquareMemory)
                : OptimizerNames.Create(settings.Optimizer, rate),
            Schedule.Cosine());
    }

    public static IReadOnlyList<Layer> Layers(int[] hidden) =>
        [.. hidden.Select((units, index) => new Layer.Dense(units, Activation.Relu) { Name = $"hidden {index + 1}" })];
}
