using System.Diagnostics;

namespace SimpleFlow.Cli.Reports;

/// <summary>What is said of a training, as it happens. A recipe gives it to <c>Fit</c> as its progress, or tells it each epoch itself.</summary>
internal abstract class TrainingReport : IProgress<TrainingProgress>
{
    private readonly List<EpochLine> _epochs = [];
    private long _began;

    /// <summary>The epochs so far.</summary>
    public IReadOnlyList<EpochLine> Epochs => _epochs;

    /// <summary>How many there will be.</summary>
    protected int EpochCount { get; private set; }

    /// <summary>Trains, and reports meanwhile.</summary>
    public void Train(Model model, int epochs, Action training)
    {
        EpochCount = epochs;
        _began = Stopwatch.GetTimestamp();
        Begin(model);
        While(training);
    }

    /// <summary>Takes what a fit of one epoch says of itself.</summary>
    public void Report(TrainingProgress value)
    {
        if (value.Finished is not { } epoch)
        {
            Running(value.Current, value.Batch / (double)value.Batches, value.RowsPerSecond);
            return;
        }
        var images = (long)(value.RowsPerSecond * value.Elapsed.TotalSeconds + 0.5);
        Epoch(new EpochLine(epoch.Epoch, epoch.Loss, epoch.Validation!.Metrics["accuracy"], epoch.Duration, images, epoch.Training.Metrics["accuracy"]));
    }

    /// <summary>An epoch has ended.</summary>
    public void Epoch(EpochLine epoch)
    {
        _epochs.Add(epoch);
        Ended(epoch);
    }

    /// <summary>The images are being read.</summary>
    public virtual void Loading(string what) { }

    /// <summary>The images have been read.</summary>
    public virtual void Loaded(ImageData data) { }

    /// <summary>All is done.</summary>
    public abstract void End(TimeSpan duration, long parameters);

    /// <summary>A picture has been written.</summary>
    public virtual void Drawn(string path) { }

    /// <summary>Training begins.</summary>
    protected virtual void Begin(Model model) { }

    /// <summary>Runs the training.</summary>
    protected virtual void While(Action training) => training();

    /// <summary>An epoch is under way.</summary>
    /// <param name="current">Loss and accuracy of the epoch so far.</param>
    /// <param name="part">How much of the epoch is done, from 0 to 1.</param>
    /// <param name="imagesPerSecond">How fast it goes.</param>
    protected virtual void Running(Evaluation current, double part, double imagesPerSecond) { }

    /// <summary>An epoch has ended.</summary>
    protected abstract void Ended(EpochLine epoch);

    /// <summary>Time left, if it goes on as it has; null before anything is done.</summary>
    /// <param name="done">How many epochs are done, the running one in part.</param>
    protected TimeSpan? Left(double done) => done <= 0 ? null : Stopwatch.GetElapsedTime(_began) * (EpochCount / done - 1);
}
