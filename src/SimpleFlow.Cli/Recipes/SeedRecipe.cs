using System.Diagnostics;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>
/// The network of the seed of this project and the way it was trained: 784-64-10, softmax and its own cross-entropy, plain gradient descent,
/// and in each of 100 epochs 400 iterations on 200 images that are drawn anew.
/// </summary>
internal static class SeedRecipe
{
    public const int Hidden = 64, Epochs = 100, Batch = 200, Iterations = 400;
    public const float LearningRate = 0.001f;

    public static Trained Train(LabelledData data, TrainSettings settings, TrainingReport report, CancellationToken cancellation)
    {
        var (image, classes) = ((ImageInput)data.Input, ((ClassOutput)data.Output).Classes.Count);
        var pixels = image.Channels * image.Rows * image.Columns;
        var x = new Placeholder("img", [null, pixels]);
        var y = new Placeholder("label", [null, classes]);
        var layer1 = Layers.Dense(x, Hidden, Activation.Relu, name: "dense_layer_1");                       // w from N(0, 0.3), b 0.1
        var predict = Layers.Dense(layer1, classes, Activation.Softmax, name: "predict_dense");
        var loss = Losses.CrossEntropy(predict, y, epsilon: 1e-8f);

        var optimizer = new GradientDescent(settings.LearningRate ?? LearningRate, learningRateDecay: 0);
        var model = new Model(loss, predict, optimizer, Metrics.Accuracy(predict, y), settings.Seed, settings.Threads);

        var (images, labels) = (data.Train.Inputs.Reshape(data.Train.Rows, pixels), data.Train.Targets.OneHot(classes));
        var test = new Dataset { [x] = data.Test.Inputs.Reshape(data.Test.Rows, pixels), [y] = data.Test.Targets.OneHot(classes) };
        var epochs = settings.Epochs ?? Epochs;
        var drawn = Math.Min(settings.Batch ?? Batch, images.Rows);
        var random = new Random((int)(settings.Seed % int.MaxValue));
        int[] rows = [.. Enumerable.Range(0, images.Rows)];
        report.Train(model, epochs, () =>
        {
            for (var epoch = 1; epoch <= epochs; epoch++)
            {
                var began = Stopwatch.GetTimestamp();
                random.Shuffle(rows);
                var feed = new Feed { [x] = images.SelectRows(rows.AsSpan(0, drawn)), [y] = labels.SelectRows(rows.AsSpan(0, drawn)) };
                var fit = model.Fit(feed, Iterations, cancellation);
                var tested = model.Evaluate(test, cancellation: cancellation);
                report.Epoch(new EpochLine(epoch, fit.Loss, tested.Loss, tested.Metrics["accuracy"], Stopwatch.GetElapsedTime(began), Rows: fit.Iterations * (long)drawn));
            }
        });
        return new Trained(model, new Feed { [x] = images.Slice(0, drawn), [y] = labels.Slice(0, drawn) });
    }
}
