using System.Diagnostics;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Reports;

/// <summary>What is said of a training, as it happens. A recipe gives it to <c>Fit</c> as its progress, or tells it each epoch itself.</summary>
internal abstract class TrainingReport : IProgress<TrainingProgress>
{
    private readonly List<EpochLine> _epochs = [];
    private long _began;

    /// <summary>What is reported of: what its examples are called, and what says how well they are learned.</summary>
    public (Score Score, string Unit, int Rows) Subject { get; private set; } = (Score.Accuracy, "images", 0);

    /// <summary>The epochs so far.</summary>
    public IReadOnlyList<EpochLine> Epochs => _epochs;

    /// <summary>How many there will be.</summary>
    public int EpochCount { get; private set; }

    /// <summary>Trains, and reports meanwhile.</summary>
    public void Train(Model model, int epochs, Action training)
    {
        EpochCount = epochs;
        _began = Stopwatch.GetTimestamp();
        Begin(model);
        While(training);
    }

    /// <summary>Takes what a fit says of itself.</summary>
    public void Report(TrainingProgress value)
    {
        if (value.Finished is not { } epoch)
        {
            Running(value.Current, value.Batch / (double)value.Batches, value.RowsPerSecond);
            return;
        }
        Again(epoch);
    }

    /// <summary>An epoch as a fit keeps it in its history.</summary>
    public void Again(EpochResult epoch)
    {
        Epoch(new EpochLine(epoch.Epoch, epoch.Loss, epoch.Validation!.Loss, Subject.Score.From(epoch.Validation), epoch.Duration, Subject.Rows, Subject.Score.From(epoch.Training)));
    }

    /// <summary>An epoch has ended.</summary>
    public void Epoch(EpochLine epoch)
    {
        _epochs.Add(epoch);
        Ended(epoch);
    }

    /// <summary>The examples are being read.</summary>
    public virtual void Loading(string what) { }

    /// <summary>Tells how far the reading is.</summary>
    public virtual ReadingReport Reading() => new(_ => { }, () => { }, Timeout.InfiniteTimeSpan);

    /// <summary>The examples have been read.</summary>
    public void Loaded(LabelledData examples)
    {
        Subject = (examples.Score, examples.Unit, examples.Train.Rows);
        foreach (var line in examples.Told) Say(line);
    }

    /// <summary>Something that a person may want to know, and a program not.</summary>
    public virtual void Say(string sentence) { }

    /// <summary>What the score is compared with.</summary>
    public Standard? Standard { get; private set; }

    /// <summary>Whether the training went badly: the loss rose, or the score is no better than one without learning.</summary>
    public bool WentBadly(Model model)
    {
        var (first, last) = (Epochs[0], Epochs[^1]);
        return !(last.Loss <= first.Loss) || model.History.Epochs is [.., { Validation: { } reached }] && Standard?.Baseline?.IsBeatenBy(reached) is false;
    }

    /// <summary>Something that keeps the training from learning.</summary>
    public virtual void Found(TrainingFinding finding) => Say(finding.ToString());

    /// <summary>The score of an answer that needs no learning.</summary>
    public virtual void Compare(Standard standard)
    {
        Standard = standard;
        Say(standard.Sentence);
    }

    /// <summary>All is done.</summary>
    public abstract void End(TimeSpan duration, long parameters);

    /// <summary>Training begins.</summary>
    protected virtual void Begin(Model model) { }

    /// <summary>Runs the training.</summary>
    protected virtual void While(Action training) => training();

    /// <summary>An epoch is under way.</summary>
    /// <param name="current">Loss and metrics of the epoch so far.</param>
    /// <param name="part">How much of the epoch is done, from 0 to 1.</param>
    /// <param name="rowsPerSecond">How fast it goes.</param>
    protected virtual void Running(Evaluation current, double part, double rowsPerSecond) { }

    /// <summary>An epoch has ended.</summary>
    protected abstract void Ended(EpochLine epoch);

    /// <summary>Whether a person is told of an epoch: of hundreds of quick ones, every twentieth part.</summary>
    protected bool IsTold(EpochLine epoch) => EpochCount <= 100 || epoch.Number == 1 || epoch.Number == EpochCount || epoch.Number % (EpochCount / 20) == 0;

    /// <summary>Time left, if it goes on as it has; null before anything is done.</summary>
    /// <param name="done">How many epochs are done, the running one in part.</param>
    protected TimeSpan? Left(double done) => done <= 0 ? null : Stopwatch.GetElapsedTime(_began) * (EpochCount / done - 1);
}
