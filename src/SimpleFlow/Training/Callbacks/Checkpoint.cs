using System.Diagnostics;

namespace SimpleFlow;

/// <summary>
/// Saves the training as it goes on: at the end of every epoch, when it is cancelled, and in between if wanted. <c>model.Fit(data, epochs:
/// 50, callbacks: [new Checkpoint("run")], resume: "run")</c> goes on after the last of them, bit for bit as if it had never stopped.
/// </summary>
/// <param name="folder">Where the checkpoints go; it is created.</param>
/// <param name="everySteps">After how many steps to save as well; null: not between epochs.</param>
/// <param name="every">After how much time to save as well; null: not between epochs.</param>
/// <param name="keep">How many of them to keep.</param>
/// <param name="best">The metric, or "loss", by which the best epoch is kept beside them as <c>best.safetensors</c>, to load and use; null:
/// none is.</param>
/// <param name="higherIsBetter">Whether more of it is better; where nothing is said, less of a loss and more of a metric.</param>
public sealed class Checkpoint(string folder, int? everySteps = null, TimeSpan? every = null, int keep = 3, string? best = null,
    bool? higherIsBetter = null) : Callback
{
    private readonly string _folder = string.IsNullOrEmpty(folder)
        ? throw new ArgumentException("A checkpoint needs a folder.", nameof(folder)) : folder;
    private readonly int? _everySteps = everySteps is null or >= 1 ? everySteps
        : throw new ArgumentOutOfRangeException(nameof(everySteps), everySteps, "At least one step lies between two checkpoints.");
    private readonly TimeSpan? _every = every is null || every > TimeSpan.Zero ? every
        : throw new ArgumentOutOfRangeException(nameof(every), every, "Some time lies between two checkpoints.");
    private readonly int _keep = keep >= 1 ? keep
        : throw new ArgumentOutOfRangeException(nameof(keep), keep, "At least one checkpoint is kept.");
    private readonly Watched? _watched = best is null ? null : new(best == "loss" ? null : best, higherIsBetter, atLeast: 0);
    private FolderLock? _taken;
    private long _last = Stopwatch.GetTimestamp();

    /// <summary>Where files go.</summary>
    internal FileLayer Files { get; init; } = FileLayer.Disk;

    /// <summary>The file that was written last; null before the first.</summary>
    public string? Path { get; private set; }

    /// <inheritdoc/>
    // Where, how often and how many are saved makes no difference to what is trained.
    protected internal override string Settings => _watched is null ? "" : $"best {_watched.Settings}";

    /// <summary>Keeps other processes from saving into the folder; taken by the tool before it reads its
    /// data, and else when the training begins.</summary>
    internal FolderLock? Lock { get; set; }

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        var taken = Lock is null ? FolderLock.Take(_folder, Files) : null;
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
        _watched?.Clear();
        _last = Stopwatch.GetTimestamp();
    }

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        // The variables still are those that were validated, which an average of weights takes away again.
        if (_watched?.Improves(epoch) == true)
            run.Model.WriteState(System.IO.Path.Combine(_folder, CheckpointFolder.Best), fit: null, Files);
    }

    /// <inheritdoc/>
    internal override bool Saves => true;

    /// <inheritdoc/>
    protected internal override void Paused(TrainingRun run, TrainingPause pause) => Consider(run, always: pause != TrainingPause.Step);

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

    /// <summary>Looks, between two steps, whether it is time.</summary>
    /// <exception cref="SaveException">The checkpoint cannot be written; those before it are as they were.</exception>
    internal void Consider(TrainingRun run, bool always)
    {
        if (run.State is not { } state) return;
        if (!always && !(run.Position.Step % _everySteps == 0) && !(Stopwatch.GetElapsedTime(_last) >= _every)) return;
        var path = CheckpointFolder.PathOf(_folder, run.Model.Iterations);
        run.Model.WriteState(path, state(), Files);
        Path = path;
        CheckpointFolder.Keep(_folder, run.Model.Iterations, _keep, Files);
        _last = Stopwatch.GetTimestamp();
    }
}
