using SimpleFlow.Cli.Recipes;

namespace SimpleFlow.Cli.Benches;

/// <summary>How fast <c>simpleflow train mnist</c> learns, on images without meaning.</summary>
internal static class MnistBench
{
    private const int Images = 2000;

    public static Figure Measure(int threads, Rounds rounds)
    {
        var network = new MlpRecipe.Network(pixels: 784, classes: 10, new TrainSettings(null, null, null, null, null, Seed: 1, threads));
        var dataset = network.Dataset(RandomData.Pixels(Images, 784), RandomData.Labels(Images, 10));
        var seconds = rounds.Measure(epochs => network.Model.Fit(dataset, epochs, MlpRecipe.Batch));
        return new Figure($"MNIST training, 784-{string.Join('-', MlpRecipe.Hidden)}-10, batch {MlpRecipe.Batch}", Rounds.Median(seconds.Select(round => Images / round[0])), "images/s");
    }
}
