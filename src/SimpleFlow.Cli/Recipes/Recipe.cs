using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>A network and the way to train it, where a person does not say otherwise.</summary>
/// <param name="Layers">What stands between the input and the scores.</param>
/// <param name="Epochs">How many epochs.</param>
/// <param name="Batch">Examples in a training step.</param>
/// <param name="Optimizer">How to train.</param>
/// <param name="Schedule">How the rate changes.</param>
internal sealed record Recipe(IReadOnlyList<Layer> Layers, int Epochs, int Batch, Optimizer Optimizer, Schedule Schedule)
{
    /// <summary>Trains the network.</summary>
    public Trained Train(LabelledData examples, TrainSettings settings, TrainingReport report, CancellationToken cancellation)
    {
        var network = Abandonable.Run(
            () => new Network(new NetworkDescription(examples.Input, examples.Output, settings.Layers ?? Layers), Optimizer, new TrainingChoices { Seed = settings.Seed, Threads = settings.Threads }), cancellation);
        var training = network.EncodedDataset(examples.Train.Inputs, examples.Train.Targets);
        var test = network.EncodedDataset(examples.Test.Inputs, examples.Test.Targets);
        var (epochs, batch) = (settings.Epochs ?? Epochs, settings.Batch ?? Batch);
        var seen = settings.Augment && examples.Input is ImageInput image ? training.Augment(network.Input, Augmentation(image)) : training;
        var save = settings.Save;
        save?.Begin(network, examples);
        report.Train(network.Model, epochs, () =>
        {
            try
            {
                network.Model.Fit(
                    seen, epochs, batch, test, report, schedule: Schedule, callbacks: save?.Checkpoint is { } checkpoint ? [checkpoint] : [], resume: save?.ResumedFolder, cancellation: cancellation);
            }
            catch (OperationCanceledException exception) when (save is not null)
            {
                throw save.Stopped(network, network.Model.Iterations, exception);
            }
            // All was done before: its last epoch is what there is to tell.
            if (report.Epochs.Count == 0) report.Again(network.Model.History.Last);
        });
        save?.End(network);
        return new Trained(network.Model, training.Sample(Math.Min(batch, training.Rows)), network);
    }

    // Changes after which a person takes an image for what it was. Mirrored, a digit or a letter is another.
    private static ImageAugmentation Augmentation(ImageInput image) => new(image.Rows, image.Columns, image.Channels)
    {
        Shift = Math.Max(1, Math.Min(image.Rows, image.Columns) / 14f),
        Rotation = 12,
        Scale = 0.12f,
        Shear = 0.1f,
    };
}
