using System.Diagnostics;

namespace SimpleFlow.Playground.Experiments;

/// <summary>A training that a page makes step by step, drawing in between. It makes the very steps of
/// <c>foreach (var batch in train.Batches(batchSize, epoch, seed)) model.Step(batch);</c></summary>
/// <param name="model">What is trained.</param>
/// <param name="train">The rows to learn from.</param>
/// <param name="test">The rows to test with; null: none.</param>
/// <param name="batchSize">Rows per step.</param>
/// <param name="lossOf">The loss that the history shows, if it is a metric; the sum of all losses if not.</param>
public sealed class SteppedTraining(Model model, Dataset train, Dataset? test, int batchSize, string? lossOf = null) : IDisposable
{
    private IEnumerator<Feed>? _batches;
    private double _sum;
    private int _rows;

    /// <summary>How the learning rate changes over how many epochs; null: not at all.</summary>
    public (Schedule Schedule, int Epochs)? Schedule { get; set; }

    /// <summary>What is trained.</summary>
    public Model Model { get; } = model;

    /// <summary>How many epochs are complete.</summary>
    public int Epoch { get; private set; }

    /// <summary>How many steps have been made.</summary>
    public long Step { get; private set; }

    /// <summary>The learning rate of the last step.</summary>
    public float Rate { get; private set; } = model.Optimizer?.LearningRate ?? 0;

    /// <summary>The loss of the last step.</summary>
    public float LastLoss { get; private set; } = float.NaN;

    /// <summary>The number of steps in an epoch; 0 if there are no rows, and no steps can be made.</summary>
    public int StepsPerEpoch { get; } = (train.Rows + batchSize - 1) / batchSize;

    /// <summary>The losses of the epochs.</summary>
    public List<EpochLosses> History { get; } = [];

    /// <summary>Makes one step.</summary>
    /// <returns>Whether it was the last of its epoch.</returns>
    /// <exception cref="TrainingException">The loss or a gradient is not finite; the step was not made.</exception>
    public bool MakeStep()
    {
        _batches ??= train.Batches(batchSize, Epoch, Model.Seed).GetEnumerator();
        _batches.MoveNext();
        Rate = Model.Optimizer!.LearningRate;
        if (Schedule is { } schedule)
            Rate *= schedule.Schedule.At(new TrainingPosition(Step, (long)StepsPerEpoch * schedule.Epochs, StepsPerEpoch));
        var result = Model.Step(_batches.Current, Rate);
        var rows = Math.Min(batchSize, train.Rows - (int)(Step % StepsPerEpoch) * batchSize);
        LastLoss = lossOf is null ? result.Loss : result[lossOf];
        _sum += rows * (double)LastLoss;
        _rows += rows;
        Step++;
        if (Step % StepsPerEpoch != 0) return false;
        Epoch++;
        History.Add(new EpochLosses((float)(_sum / _rows), TestLoss()));
        End();
        return true;
    }

    /// <summary>Makes steps for some time, but at least one.</summary>
    /// <param name="milliseconds">About how long.</param>
    /// <param name="most">At most how many.</param>
    /// <returns>How many were made.</returns>
    public int MakeSteps(double milliseconds, int most = int.MaxValue)
    {
        var begun = Stopwatch.GetTimestamp();
        var made = 0;
        do
        {
            MakeStep();
            made++;
        }
        while (made < most && Stopwatch.GetElapsedTime(begun).TotalMilliseconds < milliseconds);
        return made;
    }

    /// <summary>The rows of the step that comes next.</summary>
    public Feed NextBatch()
    {
        using var batches = train.Batches(batchSize, Epoch, Model.Seed).GetEnumerator();
        for (var i = 0; i <= Step % StepsPerEpoch; i++) batches.MoveNext();
        return batches.Current;
    }

    /// <summary>Continues where another training is, with a model of the same variables.</summary>
    public void Continue(SteppedTraining other)
    {
        ArgumentNullException.ThrowIfNull(other);
        (Epoch, Step) = (other.Epoch, other.Step);
        History.AddRange(other.History);
        // The batches of the epoch are the same; those that are done are passed over.
        if (StepsPerEpoch == 0 || Step % StepsPerEpoch == 0) return;
        _batches = train.Batches(batchSize, Epoch, Model.Seed).GetEnumerator();
        for (var i = 0; i < Step % StepsPerEpoch; i++) _batches.MoveNext();
        (_sum, _rows) = (other._sum, other._rows);
    }

    private float TestLoss()
    {
        if (test is null) return float.NaN;
        var evaluation = Model.Evaluate(test);
        return (float)(lossOf is null ? evaluation.Loss : evaluation.Metrics[lossOf]);
    }

    private void End()
    {
        _batches?.Dispose();
        (_batches, _sum, _rows) = (null, 0, 0);
    }

    /// <inheritdoc/>
    public void Dispose() => End();
}

/// <summary>The losses of an epoch.</summary>
/// <param name="Train">The mean over the rows to learn from, each as it was before its step.</param>
/// <param name="Test">The mean over the rows to test with, after the epoch; NaN if there are none.</param>
public readonly record struct EpochLosses(float Train, float Test);
