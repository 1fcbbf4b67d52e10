using SimpleFlow.Cli.Reports;

namespace SimpleFlow.Cli.Recipes;

/// <summary>Dense layers with ReLU, trained as one would today: initial weights after He, cross-entropy from logits, AdamW, a rate that falls to nothing.</summary>
internal static class MlpRecipe
{
    public const int Epochs = 5, Batch = 100;
    public const string Optimizer = "adamw";
    public static readonly int[] Hidden = [256, 128];

    public static Trained Train(ImageData data, TrainSettings settings, TrainingReport report, CancellationToken cancellation)
    {
        var network = new Network(data.Train.Rows * data.Train.Columns, data.Classes, settings);
        var model = network.Model;
        var training = network.Dataset(data.Train.Images, data.Train.Labels);
        var test = network.Dataset(data.Test.Images, data.Test.Labels);
        var epochs = settings.Epochs ?? Epochs;
        var batch = settings.Batch ?? Batch;
        var optimizer = model.Optimizer!;
        var rate = optimizer.LearningRate;
        report.Train(model, epochs, () =>
        {
            for (var epoch = 0; epoch < epochs; epoch++)
            {
                optimizer.LearningRate = rate * (epochs - epoch) / epochs;
                model.Fit(training, epochs: 1, batch, validation: test, progress: report, cancellation: cancellation);
            }
        });
        return new Trained(model, training.Sample(Math.Min(batch, training.Rows)));
    }

    /// <summary>The recipe's network before it has seen anything.</summary>
    internal sealed class Network
    {
        private readonly Placeholder _images, _labels;

        public Network(int pixels, int classes, TrainSettings settings)
        {
            _images = new Placeholder("images", [null, pixels]);
            _labels = new Placeholder("labels", [null], ElementType.Int32);

            Node layer = _images;
            foreach (var (index, units) in (settings.Hidden ?? Hidden).Index())
                layer = Layers.Dense(layer, units, Activation.Relu, weights: Initializer.He(), bias: Initializer.Zeros(), name: $"hidden {index + 1}");
            var scores = Layers.Dense(layer, classes, weights: Initializer.Glorot(), bias: Initializer.Zeros(), name: "scores");

            var optimizer = OptimizerNames.Create(settings.Optimizer ?? Optimizer, settings.LearningRate);
            Model = new Model(
                Losses.SoftmaxCrossEntropy(scores, _labels), predictions: scores, optimizer, metrics: Metrics.Accuracy(scores, _labels), settings.Seed, settings.Threads);
        }

        public Model Model { get; }

        public Dataset Dataset(DataArray images, DataArray labels) => new() { [_images] = images, [_labels] = labels };
    }
}
