using System.Runtime.CompilerServices;
using SimpleFlow.Cli.Benches;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// Makes .NET compile the training code while the images are still being read: decompressing MNIST keeps one processor busy, and compiling
/// the vector loops another.
/// </summary>
internal static class WarmUp
{
    // MNIST's 10,000 test images leave a last batch of 16 beside those of 256, and 272 training images have a smaller last one too: every
    // size of plan occurs.
    private const int Images = 272, Side = 28, Classes = 10;

    // With fewer processors, reading the images needs them all.
    private const long LeastMemory = 256 << 20;

    /// <summary>Starts to train and test a network of a recipe's layers on random images. Nothing of it is kept.</summary>
    public static Task Begin(Recipe recipe, int? threads, CancellationToken cancellation)
    {
        // A program that was compiled ahead of time has nothing left to compile.
        var isWorthIt = RuntimeFeature.IsDynamicCodeCompiled && GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >= LeastMemory;
        return isWorthIt ? Task.Run(Run, cancellation) : Task.CompletedTask;

        void Run()
        {
            var description = new NetworkDescription(new ImageInput(1, Side, Side),
                new ClassOutput("class", [.. Enumerable.Range(0, Classes).Select(number => $"{number}")]), recipe.Layers);
            var network = new Network(description, recipe.Optimizer, new TrainingChoices { Threads = threads });
            var examples = network.EncodedDataset(RandomData.Pixels(Images, Side * Side), RandomData.Labels(Images, Classes));
            network.Model.Fit(examples, epochs: 1, recipe.Batch, validation: examples, cancellation: cancellation);
        }
    }
}
