namespace SimpleFlow;

/// <summary>
/// Writes an event file that TensorBoard shows while training runs: <c>tensorboard --logdir runs</c>.
/// It holds the losses and metrics of every epoch, training beside validation, the loss and the learning rate of the steps, and a histogram
/// of each variable. The horizontal axis counts steps.
/// </summary>
/// <param name="folder">The folder of the file; it is created if it is missing. To compare runs, give each its own folder below the one
/// that TensorBoard is started with.</param>
/// <param name="everySteps">The number of steps from one written step loss to the next.</param>
/// <param name="histograms">Whether to write histograms of the variables after every epoch.</param>
/// <param name="time">The clock; the system's by default.</param>
public sealed class TensorBoard(string folder, int everySteps = 10, bool histograms = true, TimeProvider? time = null) : Callback
{
    private readonly int _everySteps = everySteps >= 1 ? everySteps
        : throw new ArgumentOutOfRangeException(nameof(everySteps), everySteps,
            "There must be at least one step from one written loss to the next.");
    private EventFile? _file;

    /// <summary>The file of the last training; null before the first.</summary>
    public string? Path { get; private set; }

    /// <inheritdoc/>
    protected internal override void Begin(TrainingRun run)
    {
        if (!run.Writes) return;
        _file = new EventFile(folder, time ?? TimeProvider.System);
        Path = _file.Path;
    }

    /// <inheritdoc/>
    protected internal override void AfterStep(TrainingRun run)
    {
        if (_file is null || run.Position.Step % _everySteps != 0) return;
        _file.Write(run.Model.Iterations, [("step/loss", run.Loss), ("step/learning rate", run.LearningRate)]);
    }

    /// <inheritdoc/>
    protected internal override void AfterEpoch(TrainingRun run, EpochResult epoch)
    {
        if (_file is null) return;
        var step = run.Model.Iterations;
        _file.Write(step,
            [.. Scalars(epoch.Training, "training"), .. epoch.Validation is { } validation ? Scalars(validation, "validation") : []]);
        if (histograms)
        {
            foreach (var variable in run.Model.Variables) _file.WriteHistogram(step, variable.Name ?? variable.Label, variable.Memory.Span);
        }
        _file.Flush();
    }

    /// <inheritdoc/>
    protected internal override void End(TrainingRun run)
    {
        _file?.Dispose();
        _file = null;
    }

    private static IEnumerable<(string Name, double Value)> Scalars(Evaluation evaluation, string data) =>
        [($"loss/{data}", evaluation.Loss), .. evaluation.Metrics.Select(metric => ($"{metric.Key}/{data}", metric.Value))];
}
