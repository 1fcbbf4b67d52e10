using SimpleFlow.Cli.Recipes;

namespace SimpleFlow.Cli.Benches;

/// <summary>How fast <c>simpleflow train mnist</c> learns, on images without meaning.</summary>
internal static class MnistBench
{
    private const int Images = 2000;

    public static Figure Measure(int threads, Rounds rounds)
    {
        var recipe = MlpRecipe.Create(new TrainSettings { Seed = 1 });
        var network = new Network(
            new NetworkDescription(new ImageInput(1, 28, 28),
                new ClassOutput("digit", [.. Enumerable.Range(0, 10).Select(digit => $"{digit}")]), recipe.Layers), recipe.Optimizer,
            new TrainingChoices { Seed = 1, Threads = threads });
        var dataset = network.EncodedDataset(RandomData.Pixels(Images, 784), RandomData.Labels(Images, 10));
        var seconds = rounds.Measure(epochs => network.Model.Fit(dataset, epochs, MlpRecipe.Batch));
        return new Figure($"MNIST training, 784-{string.Join('-', MlpRecipe.Hidden)}-10, batch {MlpRecipe.Batch}",
            Rounds.Median(seconds.Select(round => Images / round[0])), "images/s");
    }
}
