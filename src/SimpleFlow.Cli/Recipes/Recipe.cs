using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Recipes;

/// <summary>A network and how to train it by default.</summary>
/// <param name="Layers">The layers between the input and the scores.</param>
/// <param name="Epochs">How many epochs.</param>
/// <param name="Batch">Examples in a training step.</param>
/// <param name="Optimizer">How to train.</param>
/// <param name="Schedule">How the rate changes.</param>
/// <param name="Average">The decay of the average of the weights that is kept instead of the weights; null: the weights are kept.</param>
internal sealed record Recipe(
    IReadOnlyList<Layer> Layers, int Epochs, int Batch, Optimizer Optimizer, Schedule Schedule, float? Average = null)
{
    // If the rate falls along a curve, the last epochs improve much: training must have stalled for long before it is stopped.
    private const int FewestPatience = 10;
    private const double Patience = 0.4;

    // Differences in the cross-entropy of a few hundred images below this mean nothing, and the later epoch, with its smaller rate, is
    // better: for MNIST's convolutions by half a percent. A table is overfitted sooner than images are, so for a table the very best epoch
    // is kept.
    private const double SameLoss = TrainingReport.Noticeable;

    /// <summary>With --class-weights balanced, a class with fewer rows counts as if it had so many: its few rows in the validation part
    /// would else decide alone which epoch is kept.</summary>
    public const int FewestBalanced = 20;

    /// <summary>The network that the layers begin with; null if they begin from nothing.</summary>
    public Base? Base { get; init; }

    /// <summary>Trains the network; the epoch with the lowest validation loss is kept, or a later one that is as good.</summary>
    /// <param name="examples">The training examples. The test set is not used.</param>
    /// <param name="settings">The user's settings.</param>
    /// <param name="report">Receives the progress.</param>
    /// <param name="cancellation">Stops after a step.</param>
    public Trained Train(LabelledData examples, TrainSettings settings, TrainingReport report, CancellationToken cancellation)
    {
        var (train, watched) = ValidationPart.Of(examples, settings.ValidationShare, settings.Seed);
        var weights = settings.BalancesClasses && examples.Output is ClassOutput output
            ? ClassWeights.Balanced(train.Targets, output.Classes.Count, fewestRows: FewestBalanced) : null;
        var choices = new TrainingChoices { Seed = settings.Seed, Threads = settings.Threads, ClassWeights = weights };
        var network = Abandonable.Run(() => new Network(new NetworkDescription(examples.Input, examples.Output, settings.Layers ?? Layers),
            Optimizer, choices), cancellation);
        var training = network.EncodedDataset(train.Inputs, train.Targets);
        var validation = watched is null ? null : network.EncodedDataset(watched.Inputs, watched.Targets);
        var (epochs, batch) = (settings.Epochs ?? Epochs, settings.Batch ?? Batch);
        // Pictures that change have other features in every epoch, so that the whole base would have to compute them.
        var seen = (settings.Augment ?? (examples.IsAugmented && Base is not { Rate: null })) && examples.Input is ImageInput image
            ? training.Augment(network.Input, PictureChanges.For(image, train, examples, report)) : training;
        var best = watched is not null && settings.StopsEarly ? new BestWeights(within: examples.Input is ImageInput ? SameLoss : 0) : null;
        var save = settings.Save;
        Callback[] callbacks =
        [
            .. Average is { } decay ? (Callback[])[new WeightAverage(decay)] : [],
            .. best is null ? [] : (Callback[])[new EarlyStopping(Math.Max(FewestPatience, (int)(Patience * epochs))), best],
            .. save?.Checkpoint is { } checkpoint ? [checkpoint] : (Callback[])[],
        ];
        if (settings.Cluster is { Size: > 1 } cluster) report.Say(Sentences.Ranks(cluster.Size, batch, examples.Unit));
        report.Watching(train.Rows, watched?.Rows, best is not null);
        if (save?.HasNothingToResume == true) report.Say($"There is no training in {save} to resume: it starts from the beginning.");
        save?.Begin(network, examples);
        var part = Base is { Rate: null } && ReferenceEquals(seen, training)
            ? Abandonable.Run(() => TrainedPart.Behind(network, training, validation, report, cancellation), cancellation)
            : new TrainedPart(network.Model, seen, validation);
        var model = part.Model;
        report.Train(model, epochs, () =>
        {
            try
            {
                model.Fit(part.Training, new FitOptions
                {
                    Epochs = epochs,
                    BatchSize = batch,
                    Validation = part.Validation,
                    Schedule = Schedule,
                    Callbacks = callbacks,
                    Resume = save?.ResumedFolder,
                    Progress = report,
                    Cluster = settings.Cluster,
                }, cancellation);
            }
            catch (OperationCanceledException exception) when (save is not null)
            {
                throw save.Stopped(network, model.Iterations, exception);
            }
            // Everything was trained before: only its last epoch is reported.
            if (report.Epochs.Count == 0) report.Again(model.History.Last);
            report.Recall(model.History.Epochs);
        });
        save?.End(network);
        return new Trained(model, part.Training.Sample(Math.Min(batch, training.Rows)), network, watched,
            best?.BestEpoch is > 0 and var epoch ? epoch : null);
    }
}
