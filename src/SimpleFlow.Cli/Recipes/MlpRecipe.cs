namespace SimpleFlow.Cli.Recipes;

/// <summary>Dense layers with ReLU for images, trained as one would today: initial weights after He, cross-entropy from logits, AdamW, a rate that falls to nothing in equal steps.</summary>
internal static class MlpRecipe
{
    public const int Epochs = 5, Batch = 100;
    public const string Optimizer = "adamw";
    public static readonly int[] Hidden = [256, 128];

    public static Recipe Create(TrainSettings settings)
    {
        var epochs = settings.Epochs ?? Epochs;
        return new Recipe(
            Layers(settings.Hidden ?? Hidden), Epochs, Batch, OptimizerNames.Create(settings.Optimizer ?? Optimizer, settings.LearningRate), Schedule.Of(at => 1 - Math.Min(at.Epoch, epochs - 1) / (double)epochs));
    }

    public static IReadOnlyList<Layer> Layers(int[] hidden) => [.. hidden.Select((units, index) => new Layer.Dense(units, ActivationKind.Relu) { Name = $"hidden {index + 1}" })];
}
