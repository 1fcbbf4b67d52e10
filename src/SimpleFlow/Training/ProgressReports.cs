namespace SimpleFlow;

/// <summary>What a fit reports of its progress: a few times a second, and at the end of every epoch.</summary>
internal sealed class ProgressReports(FitOptions options, EpochOrder order)
{
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(100);
    private readonly IProgress<TrainingProgress>? _progress = options.Ranks is { Writes: false } ? null : options.Progress;
    private TimeSpan _last;

    /// <summary>Whether it is time for the next report within an epoch.</summary>
    public bool AreDue(TimeSpan elapsed) => _progress is not null && elapsed - _last >= Between;

    public void Running(int epoch, int batches, Evaluation current, TimeSpan elapsed) =>
        Report(epoch, batches, current, elapsed, finished: null);

    public void Finished(int epoch, EpochResult result, TimeSpan elapsed) => Report(epoch, order.Steps, result.Training, elapsed, result);

    private void Report(int epoch, int batches, Evaluation current, TimeSpan elapsed, EpochResult? finished)
    {
        if (_progress is not { } progress) return;
        _last = elapsed;
        var rows = (epoch - 1L) * order.Rows + Math.Min((long)batches * order.BatchSize, order.Rows);
        var remaining = elapsed * ((double)options.Epochs * order.Rows / rows - 1);
        progress.Report(new TrainingProgress(epoch, options.Epochs, batches, order.Steps, current, rows / elapsed.TotalSeconds, elapsed,
            remaining, finished));
    }
}
