using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli.Recipes;

/// <summary>Dense layers with ReLU, trained as one would today: initial weights after He, cross-entropy from logits, AdamW, a rate that falls to nothing.</summary>
internal static class MlpRecipe
{
    public const int Epochs = 5, Batch = 100;
    public const string Optimizer = "adamw";
    public static readonly int[] Hidden = [256, 128];

    public static Model Train(ImageData data, TrainSettings settings, TrainingReport report, CancellationToken cancellation)
    {
        var images = new Placeholder("images", [null, data.Train.Rows * data.Train.Columns]);
        var labels = new Placeholder("labels", [null], ElementType.Int32);

        Node layer = images;
        foreach (var (index, units) in (settings.Hidden ?? Hidden).Index())
            layer = Layers.Dense(layer, units, Activation.Relu, weights: Initializer.He(), bias: Initializer.Zeros(), name: $"hidden {index + 1}");
        var scores = Layers.Dense(layer, data.Classes, weights: Initializer.Glorot(), bias: Initializer.Zeros(), name: "scores");

        var optimizer = OptimizerNames.Create(settings.Optimizer ?? Optimizer, settings.LearningRate);
        var model = new Model(
            Losses.SoftmaxCrossEntropy(scores, labels), predictions: scores, optimizer, metrics: Metrics.Accuracy(scores, labels), settings.Seed, settings.Threads);

        var training = new Dataset { [images] = data.Train.Images, [labels] = data.Train.Labels };
        var test = new Dataset { [images] = data.Test.Images, [labels] = data.Test.Labels };
        var epochs = settings.Epochs ?? Epochs;
        var rate = optimizer.LearningRate;
        report.Train(model, epochs, () =>
        {
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                optimizer.LearningRate = rate * (epochs - epoch) / epochs;
                model.Fit(training, epochs: 1, settings.Batch ?? Batch, validation: test, progress: report, cancellation: cancellation);
            }
        });
        return model;
    }
}
