namespace SimpleFlow;

/// <summary>The loss and the metrics of one pass over some data, averaged over its rows.</summary>
/// <param name="Loss">The sum of the model's losses.</param>
/// <param name="Metrics">The model's metrics by their names.</param>
public sealed record Evaluation(double Loss, IReadOnlyDictionary<string, double> Metrics)
{
    /// <summary>e to the power of the loss. If the loss is a cross-entropy, it is the number of equally likely answers among which the
    /// model would be equally undecided.</summary>
    public double Perplexity => Math.Exp(Loss);
}

/// <summary>One epoch of training.</summary>
/// <param name="Epoch">Its number over the life of the model, from 1.</param>
/// <param name="Training">Loss and metrics as they were while the weights were changing.</param>
/// <param name="Validation">Loss and metrics on the validation data after the epoch, if there is any.</param>
/// <param name="Duration">How long the epoch took, validation included.</param>
public sealed record EpochResult(int Epoch, Evaluation Training, Evaluation? Validation, TimeSpan Duration)
{
    /// <summary>Loss and metrics as they were while the weights were changing.</summary>
    public Evaluation Training { get; init => field = Required.Value(value); } = Required.Value(Training);

    /// <summary>The training loss.</summary>
    public double Loss => Training.Loss;

    /// <summary>The learning rate of its last step.</summary>
    public float LearningRate { get; init; }
}

/// <summary>The results of training, epoch by epoch.</summary>
public sealed class History
{
    private readonly List<EpochResult> _epochs = [];

    /// <summary>The epochs so far.</summary>
    public IReadOnlyList<EpochResult> Epochs => _epochs;

    /// <summary>The last epoch.</summary>
    /// <exception cref="InvalidOperationException">There is none yet.</exception>
    public EpochResult Last => _epochs.Count > 0 ? _epochs[^1] : throw new InvalidOperationException("No epoch has been trained yet.");

    /// <summary>The training loss of every epoch.</summary>
    public IReadOnlyList<double> Losses => [.. _epochs.Select(epoch => epoch.Loss)];

    /// <summary>Why a callback ended the last fit before its last epoch; null if none did.</summary>
    public string? StopReason { get; internal set; }

    internal void Add(EpochResult epoch) => _epochs.Add(epoch);

    internal void RemoveLast() => _epochs.RemoveAt(_epochs.Count - 1);

    internal void Replace(IReadOnlyList<EpochResult> epochs)
    {
        _epochs.Clear();
        _epochs.AddRange(epochs);
    }
}
