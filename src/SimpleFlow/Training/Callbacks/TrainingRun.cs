namespace SimpleFlow;

/// <summary>One call of <c>Fit</c>, as callbacks see it.</summary>
public sealed class TrainingRun
{
    private readonly Func<Dataset, int, Evaluation> _evaluate;

    internal TrainingRun(Model model, int epochs, long stepsPerEpoch, Func<Dataset, int, Evaluation> evaluate)
    {
        (Model, Epochs, _evaluate) = (model, epochs, evaluate);
        Position = new TrainingPosition(0, epochs * stepsPerEpoch, stepsPerEpoch);
    }

    /// <summary>The model that is trained.</summary>
    public Model Model { get; }

    /// <summary>How many epochs were asked for.</summary>
    public int Epochs { get; }

    /// <summary>Where the fit stands, for a checkpoint. Between two steps alone; null before the first can come.</summary>
    internal Func<FitState>? State { get; set; }

    /// <summary>How far it is.</summary>
    public TrainingPosition Position { get; internal set; }

    /// <summary>The loss that the last step started from.</summary>
    public float Loss { get; internal set; } = float.NaN;

    /// <summary>The learning rate of the last step.</summary>
    public float LearningRate { get; internal set; }

    /// <summary>Why a callback wants the training to end, or null.</summary>
    public string? StopReason { get; private set; }

    /// <summary>Ends the training after this epoch, with a reason for people. The first reason counts.</summary>
    public void Stop(string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        StopReason ??= Required.Text(reason);
    }

    /// <summary>The losses and metrics over other data, for the variables as they are now.
    /// (The model itself is busy while it is trained.)</summary>
    public Evaluation Evaluate(Dataset dataset, int batchSize = 1000) => _evaluate(dataset, batchSize);
}
