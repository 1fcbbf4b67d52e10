namespace SimpleFlow;

/// <summary>How to train over epochs: <c>model.Fit(data, new FitOptions { Epochs = 10, Schedule = Schedule.Cosine() })</c>.</summary>
public sealed record FitOptions
{
    /// <summary>How many epochs; each visits every row once, unless there is a <see cref="Sampler"/>.
    /// In a resumed training they count from its first.</summary>
    public required int Epochs { get; init => field = AtLeastOne(value, nameof(Epochs)); }

    /// <summary>Rows per step, on each rank if there is a <see cref="Cluster"/>. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init => field = AtLeastOne(value, nameof(BatchSize)); } = 32;

    /// <summary>Data to evaluate on after every epoch, if any.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>
    /// The factor of the optimizer's learning rate at each step; 1 by default. The optimizer's own rate stays as it is.
    /// If a callback changes it, the factor applies to the new rate, which stays after the fit.
    /// </summary>
    public Schedule? Schedule { get; init; }

    /// <summary>What else happens during training, in this order: saving, early stopping, keeping the best weights, or your own.</summary>
    public IReadOnlyList<Callback> Callbacks { get; init => field = Required.List(value, nameof(Callbacks)); } = [];

    /// <summary>
    /// The number of batches whose gradients are averaged before the variables change:
    /// the effect of a larger batch in the memory of a small one. A final partial group is divided by the full number.
    /// </summary>
    public int Accumulate { get; init => field = AtLeastOne(value, nameof(Accumulate)); } = 1;

    /// <summary>Whether each epoch visits the rows in a new random order.</summary>
    public bool Shuffle { get; init; } = true;

    /// <summary>
    /// The rows that an epoch visits, in order, instead of each row once: a function of the number of epochs that the model has
    /// trained before, from 0. A row may come several times, or never. Every epoch has as many rows as epoch 0, and the same epoch always
    /// gets the same rows, so that a training can be resumed.
    /// </summary>
    public Func<int, IReadOnlyList<int>>? Sampler { get; init; }

    /// <summary>
    /// The folder of a <see cref="Checkpoint"/>. Training resumes after the newest checkpoint there, bit for bit as if it had
    /// never stopped, with the same data and callbacks. If there is none yet, training begins.
    /// </summary>
    public string? Resume { get; init; }

    /// <summary>Receives the progress a few times a second, and at the end of every epoch. With a <see cref="Cluster"/>, rank 0 alone
    /// reports.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// The ranks that train the model together; null, or a cluster of one rank: this process trains alone. Every rank makes the same model
    /// and calls <c>Fit</c> with the same data and options, and computes its part of every batch. Training then is that of one process with
    /// batches of <see cref="BatchSize"/> · ranks rows, up to rounding; the learning rate stays as you set it. All ranks end with the same
    /// weights, history and metrics. Rank 0 alone writes files.
    /// </summary>
    public Cluster? Cluster { get; init; }

    /// <summary>
    /// Whether <see cref="Layers.BatchNorm"/> normalises by the mean and variance of the whole batch, as one process would; by default,
    /// each rank normalises by those of its own rows, which saves two exchanges per layer and step in each direction. Without a
    /// <see cref="Cluster"/> it makes no difference.
    /// </summary>
    public bool SynchroniseStatistics { get; init; }

    /// <summary>The other ranks; null if there are none.</summary>
    internal Ranks? Ranks => Cluster is { Size: > 1 } cluster ? new Ranks(cluster, SynchroniseStatistics) : null;

    /// <summary>How many rows a step has on all ranks together.</summary>
    internal int BatchOfAll => (int)Math.Min((long)BatchSize * (Cluster?.Size ?? 1), int.MaxValue);

    private static int AtLeastOne(int value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}
