namespace SimpleFlow;

/// <summary>One call of <c>Fit</c>, as callbacks see it.</summary>
public sealed class TrainingRun
{
    private readonly Func<Dataset, int, Evaluation> _evaluate;

    private readonly Ranks? _ranks;

    internal TrainingRun(Model model, int epochs, long stepsPerEpoch, Func<Dataset, int, Evaluation> evaluate, Ranks? ranks = null)
    {
        (Model, Epochs, _evaluate, _ranks) = (model, epochs, evaluate, ranks);
        Position = new TrainingPosition(0, epochs * stepsPerEpoch, stepsPerEpoch);
    }

    /// <summary>The model that is trained.</summary>
    public Model Model { get; }

    /// <summary>The ranks that train the model together; null if this process trains alone. Callbacks are called on every
    /// rank.</summary>
    public Cluster? Cluster => _ranks?.Cluster;

    /// <summary>Whether this process writes files: of several ranks, rank 0 alone.</summary>
    public bool Writes => _ranks?.Writes ?? true;

    /// <summary>How many epochs were asked for.</summary>
    public int Epochs { get; }

    /// <summary>The state of the fit between two steps; null before the first.</summary>
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

    /// <summary>
    /// Saves the training with the model: from <see cref="Callback.Paused"/>, which is called between two steps.
    /// <see cref="FitOptions.Resume"/> takes the folder of such files. The file goes beside its
    /// place first and is moved there once it is whole. Of several ranks, all call it, and rank 0 alone writes, once the variables of all
    /// are found to be the same.
    /// </summary>
    /// <exception cref="InvalidOperationException">The training has not begun.</exception>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    /// <exception cref="ClusterException">The ranks have drifted apart.</exception>
    public void Save(string path) => Save(path, FileLayer.Disk);

    internal void Save(string path, FileLayer files, HistoryFiles? history = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var state = State ?? throw new InvalidOperationException("The training has not begun: save it when it pauses, in Callback.Paused.");
        _ranks?.RequireSame(Model);
        if (Writes) ModelFile.Save(Model, path, state(), files, history);
    }

    /// <summary>Writes the model alone, to load and use: what the variables hold now.
    /// (The model itself is busy while it is trained.) Of several ranks, rank 0 alone writes.</summary>
    /// <exception cref="SaveException">The file cannot be written; the old one is as it was.</exception>
    public void SaveModel(string path) => SaveModel(path, FileLayer.Disk);

    /// <summary>Whether rank 0 says so.</summary>
    internal bool OfFirstRank(bool own) => _ranks is null ? own : RankAgreement.OfFirst(_ranks.Cluster, own);

    internal void SaveModel(string path, FileLayer files, HistoryFiles? history = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (Writes) ModelFile.Save(Model, path, fit: null, files, history);
    }
}
