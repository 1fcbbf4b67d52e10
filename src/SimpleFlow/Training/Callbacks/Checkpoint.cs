using System.Diagnostics;

namespace SimpleFlow;

/// <summary>
/// Saves the training: at the end of every epoch, when it is cancelled, and in between if wanted.
/// <c>new FitOptions { Epochs = 50, Callbacks = [new Checkpoint("run")], Resume = "run" }</c> resumes after the newest of
/// them, bit for bit as if it had never stopped. The first epochs of a training of more than 256 are in files beside the checkpoints,
/// <c>history-….safetensors</c>: copy these with a checkpoint.
/// </summary>
/// <param name="folder">The folder of the checkpoints; it is created.</param>
/// <param name="everySteps">Save every so many steps as well; null: only at the end of epochs.</param>
/// <param name="every">Save this often as well; null: only at the end of epochs.</param>
/// <param name="keep">How many of them to keep.</param>
/// <param name="best">The metric, or "loss", by which the best epoch is kept beside them as <c>best.safetensors</c>, to load and use; null:
/// no epoch is.</param>
/// <param name="higherIsBetter">Whether higher values are better; by default they are for a metric, and not for a loss.</param>
public sealed class Checkpoint(string folder, int? everySteps = null, TimeSpan? every = null, int keep = 3, string? best = null,
    bool? higherIsBetter = null) : Callback
{
    private readonly string _folder = string.IsNullOrEmpty(folder)
        ? throw new ArgumentException("A checkpoint needs a folder.", nameof(folder)) : folder;
    private readonly int? _everySteps = everySteps is null or >= 1 ? everySteps
        : throw new ArgumentOutOfRangeException(nameof(everySteps), everySteps, "There must be at least one step between two checkpoints.");
    private readonly TimeSpan? _every = every is null || every > TimeSpan.Zero ? every
        : throw new ArgumentOutOfRangeException(nameof(every), every, "The time between two checkpoints must be above 0.");
    private readonly int _keep = keep >= 1 ? keep
        : throw new ArgumentOutOfRangeException(nameof(keep), keep, "At least one checkpoint must be kept.");
    private readonly Watched? _watched = best is null ? null : new(best == "loss" ? null : best, higherIsBetter, atLeast: 0);
    private FolderLock? _claim, _taken;
    private HistoryFiles? _history;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Where files go.</summary>
    internal FileLayer Files { get; init; } = FileLayer.Disk;

    /// <summary>How many epochs a file of the history has.</summary>
    internal int HistoryLength { get; init; } = HistoryFiles.Length;

    /// <summary>The file that was written last; null before the first.</summary>
    public string? Path { get; private set; }

    /// <inheritdoc/>
    // Where, how often and how many are saved makes no difference to what is trained.
    protected internal override string Settings => _watched is null ? "" : $"best {_watched.Settings}";

    /// <summary>
    /// Keeps other processes from saving into the folder from now on, until the result is disposed.
    /// Without it the folder is claimed when training begins and released when it ends. Claim it before hours of preparation, so that they
    /// are not wasted.
    /// </summary>
    /// <exception cref="SaveException">Another process saves there, or nothing can be written there.</exception>
    public IDisposable Claim() => _claim = FolderLock.Take(_folder, Files);

    /// <summary>Deletes the checkpoints in the folder, except the newest few.</summary>
    /// <param name="keep">How many to keep; 0 also deletes the best epoch.</param>
    public void Prune(int keep)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(keep);
        if (keep == 0) CheckpointFolder.Clear(_folder, Files);
        else CheckpointFolder.Keep(_folder, long.MaxValue, keep, Files);
    }

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        _watched?.Clear();
        _last = Stopwatch.GetTimestamp();
        if (!run.Writes) return;
        var taken = _claim is { IsHeld: true } ? null : FolderLock.Take(_folder, Files);
        try
        {
            CheckpointFolder.Begin(_folder, run.Model.Iterations, Files);
        }
        catch
        {
            taken?.Dispose();
            throw;
        }
        _taken = taken;
        _history = new HistoryFiles(_folder, Files, HistoryLength);
    }

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        // The variables still hold the values that were validated; an average of weights is taken away again afterwards.
        if (_watched?.Improves(epoch) == true) run.SaveModel(System.IO.Path.Combine(_folder, CheckpointFolder.Best), Files, _history);
    }

    /// <inheritdoc/>
    protected internal override void Paused(TrainingRun run, TrainingPause pause)
    {
        var isTime = run.Position.Step % _everySteps == 0
            || _every is not null && run.OfFirstRank(Stopwatch.GetElapsedTime(_last) >= _every);
        if (pause == TrainingPause.Step && !isTime) return;
        var path = CheckpointFolder.PathOf(_folder, run.Model.Iterations);
        run.Save(path, Files, _history);
        Path = path;
        if (run.Writes) CheckpointFolder.Keep(_folder, run.Model.Iterations, _keep, Files);
        _last = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    protected internal override void Save(CallbackState state) => _watched?.Save(state);

    /// <inheritdoc/>
    protected internal override void Restore(TrainingRun run, CallbackState state) => _watched?.Restore(state);

    /// <inheritdoc/>
    protected internal override void End(TrainingRun run)
    {
        _taken?.Dispose();
        _taken = null;
    }
}
