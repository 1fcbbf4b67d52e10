using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace SimpleFlow.Tests.Execution;

/// <summary>Same seed, same bits: for any number of threads, and whatever else runs in the process.</summary>
[Trait("Promise", "5")]
public class DeterminismTests(ITestOutputHelper output)
{
    private const int Steps = 500;

    [Fact]
    public void Weights_do_not_depend_on_the_number_of_threads()
    {
        var expected = Train(threads: 1);
        foreach (var threads in new[] { 2, 3, 8 }) Weights.AssertSame(expected, Train(threads));
        Report(expected);
    }

    [Fact]
    public void And_so_it_is_with_convolutions_pools_normalisation_and_dropout()
    {
        var expected = TrainOnImages(threads: 1);
        foreach (var threads in new[] { 2, 3, 8 }) Weights.AssertSame(expected, TrainOnImages(threads));
        Report(expected);
    }

    [Fact]
    public async Task Two_models_on_two_threads_train_as_one_after_the_other()
    {
        var expected = Train(threads: 2);
        var both = await Task.WhenAll(Task.Run(() => Train(threads: 2)), Task.Run(() => Train(threads: 2)));
        foreach (var weights in both) Weights.AssertSame(expected, weights);
    }

    private void Report(float[] weights) =>
        output.WriteLine(
            $"{weights.Length} numbers after {Steps} steps, the same for 1, 2, 3 and 8 threads: "
                + $"{Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(weights.AsSpan()))[..8])}");

    private static float[] TrainOnImages(int threads)
    {
        var x = new Placeholder("x", [null, 1, 12, 12]);
        var labels = new Placeholder("labels", [null], ElementType.Int32);
        var filtered = Layers.BatchNorm(Layers.Conv2D(x, 8, 3, padding: 1)).Relu().MaxPool2D(2);
        var deeper = Layers.Dropout(Layers.Conv2D(filtered, 12, 3, padding: 1).Relu().AveragePool2D(2), 0.2f);
        var loss = Losses.SoftmaxCrossEntropy(Layers.Dense(deeper.Flatten(), 5), labels);
        var model = new Model(loss, optimizer: new Momentum(0.01f), seed: 7, threads: threads);
        var random = new Random(1);
        var feed = new Feed
        {
            [x] = Enumerable.Range(0, 16 * 144).Select(_ => random.NextSingle() - 0.5f).ToArray(),
            [labels] = Enumerable.Range(0, 16).Select(_ => random.Next(5)).ToArray(),
        };
        if (threads > 1) Assert.Contains($"in {threads} parts", model.PlanText(feed), StringComparison.Ordinal);
        Assert.Equal(Steps, model.Fit(feed, Steps).Iterations);
        return Weights.Of(model);
    }

    private static float[] Train(int threads)
    {
        var x = new Placeholder("x", [null, 64]);
        var y = new Placeholder("y", [null, 8]);
        var hidden = Layers.Dense(x, 96, Activation.Tanh, Initializer.Glorot(), name: "hidden");
        hidden *= hidden.RandomMask(0.8f);
        var loss = Losses.MeanSquaredError(Layers.Dense(hidden, 8, name: "out"), y);
        var model = new Model(loss, optimizer: new Adam(), seed: 7, threads: threads);
        var random = new Random(1);
        var feed = new Feed { [x] = Numbers(96, 64), [y] = Numbers(96, 8) };
        // Large enough that there is something to split.
        if (threads > 1) Assert.Contains($"in {threads} parts", model.PlanText(feed), StringComparison.Ordinal);
        Assert.Equal(Steps, model.Fit(feed, Steps).Iterations);
        return Weights.Of(model);

        float[,] Numbers(int rows, int columns)
        {
            var numbers = new float[rows, columns];
            for (var i = 0; i < rows; i++)
                for (var j = 0; j < columns; j++) numbers[i, j] = random.NextSingle() - 0.5f;
            return numbers;
        }
    }
}
