using System.Diagnostics;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Reports;

/// <summary>Reports a training as it happens. A recipe passes it to <c>Fit</c> for the progress, or reports each epoch itself.</summary>
internal abstract class TrainingReport : IProgress<TrainingProgress>
{
    private const double LeastRSquared = 0.02, LeastGain = 0.98;

    /// <summary>The factor and the difference from which on a validation loss above the lowest one is reported as overfitting.</summary>
    public const double Overfitted = 1.2, Noticeable = 0.02;

    private readonly List<EpochLine> _epochs = [];
    private long _began;

    /// <summary>The subject of the report: what its examples are called, and their score.</summary>
    public (Score Score, string Unit, int Rows) Subject { get; private set; } = (Score.Accuracy, "images", 0);

    /// <summary>The epochs so far.</summary>
    public IReadOnlyList<EpochLine> Epochs => _epochs;

    /// <summary>The total number of epochs.</summary>
    public int EpochCount { get; private set; }

    /// <summary>Trains and reports.</summary>
    public void Train(Model model, int epochs, Action training)
    {
        EpochCount = epochs;
        _began = Stopwatch.GetTimestamp();
        Begin(model);
        While(training);
    }

    /// <summary>Receives the progress of a fit.</summary>
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
    public void Again(EpochResult epoch) => Epoch(Line(epoch));

    /// <summary>Puts the epochs of an earlier run, which a resumed training continues, before those of this one, without reporting them
    /// again: the epoch that is kept may be among them.</summary>
    /// <param name="history">All epochs of the model.</param>
    public void Recall(IReadOnlyList<EpochResult> history)
    {
        var first = _epochs[0].Number;
        _epochs.InsertRange(0, [.. history.Where(epoch => epoch.Epoch < first).Select(Line)]);
    }

    /// <summary>An epoch has ended.</summary>
    public void Epoch(EpochLine epoch)
    {
        _epochs.Add(epoch);
        Ended(epoch);
    }

    /// <summary>The examples are being read.</summary>
    public virtual void Loading(string what) { }

    /// <summary>Reports how far the reading is.</summary>
    public virtual ReadingReport Reading() => new(_ => { }, () => { }, Timeout.InfiniteTimeSpan);

    /// <summary>The examples have been read.</summary>
    public void Loaded(LabelledData examples)
    {
        Subject = (examples.Score, examples.Unit, examples.Train.Rows);
        foreach (var line in examples.Told) Say(line);
    }

    /// <summary>Something of interest to a person but not to a program.</summary>
    public virtual void Say(string sentence) { }

    /// <summary>The baseline of the score.</summary>
    public Standard? Standard { get; private set; }

    /// <summary>What the epochs are evaluated on: the validation set, or the test set with the old recipe.</summary>
    public string WatchedBy { get; init; } = "validation";

    /// <summary>Says what the examples are used for.</summary>
    /// <param name="rows">The number of training examples.</param>
    /// <param name="validation">The number of validation examples; null if there are none.</param>
    /// <param name="choosesEpoch">Whether the validation set chooses the epoch that is kept.</param>
    public void Watching(int rows, int? validation, bool choosesEpoch)
    {
        Subject = Subject with { Rows = rows };
        Say(validation is null ? $"All {rows:N0} {Subject.Unit} are trained on, without a validation set: the last epoch is kept."
            : $"{rows:N0} {Subject.Unit} change the weights, and {validation:N0}, the validation set, "
                + (choosesEpoch ? "choose the epoch." : "only show how well they do: the last epoch is kept."));
    }

    /// <summary>The result on the test set; null until it is tested.</summary>
    public FinalTest? Test { get; private set; }

    /// <summary>The epoch whose weights were kept.</summary>
    public EpochLine Kept { get; private set; } = null!;

    /// <summary>The training is over, and the network tested.</summary>
    /// <param name="test">The result on the test set.</param>
    /// <param name="best">The epoch whose weights were kept; null for the last.</param>
    /// <param name="stopped">Why it ended early; null if it did not.</param>
    public void Tested(FinalTest test, int? best, string? stopped)
    {
        (Test, Kept) = (test, Epochs.FirstOrDefault(epoch => epoch.Number == best) ?? Epochs[^1]);
        if (stopped is not null) Say($"Stopped early: {stopped}.");
        if (best is { } epoch) Say(Sentences.Best(this, epoch));
        foreach (var line in test.Lines) Say(line);
    }

    /// <summary>Whether the training went badly: the loss rose, or the test set shows no learning.</summary>
    public bool WentBadly => !(Epochs[^1].Loss <= Epochs[0].Loss) || !IsBeaten || Overfits;

    /// <summary>The library's name for a finding that nothing was learned.</summary>
    public const string NotBeaten = "no better than the baseline";

    /// <summary>The test set shows no learning.</summary>
    public TrainingFinding NoBetter => new(
        NotBeaten,
        $"On the test set the network has {Subject.Score.Say(Test!.Score)}, and the baseline {Subject.Score.Say(Standard!.Value)}.",
        $"Try another learning rate{(Subject.Unit == "images" ? ", more epochs or another --recipe" : " or more epochs")}; or perhaps the "
            + "target does not follow from the inputs.");

    /// <summary>Whether a finding still matters: overfitting does not if an earlier epoch was kept, and the test set says whether anything
    /// was learned.</summary>
    public bool Tells(TrainingFinding finding) => finding.Name switch { "overfitting" => Overfits, NotBeaten => !IsBeaten, _ => true };

    /// <summary>Whether the network does better on the test set than the baseline.</summary>
    public bool IsBeaten => Standard is null || Test is null
        || (Test.RSquared is { } share ? double.IsNaN(share) || share > LeastRSquared
            : Standard.Baseline?.IsBeatenBy(Test.Evaluation) ?? Test.Score < LeastGain * Standard.Value);

    // The last epoch's weights are kept although an earlier one's were better.
    private bool Overfits => Kept == Epochs[^1] && Epochs.All(epoch => epoch.ValidationLoss is not null)
        && Epochs.MinBy(epoch => epoch.ValidationLoss)!.ValidationLoss * Overfitted < Kept.ValidationLoss;

    /// <summary>Something that keeps the model from learning.</summary>
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

    private EpochLine Line(EpochResult epoch) => new(epoch.Epoch, epoch.Loss, epoch.Validation?.Loss,
        Subject.Score.From(epoch.Validation ?? epoch.Training), epoch.Duration, Subject.Rows, Subject.Score.From(epoch.Training));

    /// <summary>Whether an epoch is reported to a person: of hundreds of quick ones, one in every twentieth of the training.</summary>
    protected bool IsTold(EpochLine epoch) =>
        EpochCount <= 100 || epoch.Number == 1 || epoch.Number == EpochCount || epoch.Number % (EpochCount / 20) == 0;

    /// <summary>Time left at the present speed; null before anything is done.</summary>
    /// <param name="done">How many epochs are done, the running one in part.</param>
    protected TimeSpan? Left(double done) => done <= 0 ? null : Stopwatch.GetElapsedTime(_began) * (EpochCount / done - 1);
}
