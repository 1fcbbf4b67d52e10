namespace SimpleFlow;

/// <summary>
/// Something that happens beside a training: <c>new FitOptions { Epochs = 10, Callbacks = [new EarlyStopping(), new BestWeights()] }</c>.
/// They are called in the order in which they are given, on the thread that trains, between steps: variables can be read and set.
/// One that throws ends the training with its exception, also if others throw after it:
/// the model stands at the end of a step, and every callback whose <see cref="Begin"/> came to its end is told of the end.
/// </summary>
public abstract class Callback
{
    /// <summary>What it was made with, as far as the training depends on it, in words: <c>patience 5, loss</c>.
    /// A training is resumed with callbacks of the same types and settings, or refused.</summary>
    protected internal virtual string Settings => "";

    /// <summary>The training begins.</summary>
    protected internal virtual void Begin(TrainingRun run) { }

    /// <summary>A step was made.</summary>
    protected internal virtual void AfterStep(TrainingRun run) { }

    /// <summary>An epoch is done and its validation comes next: what the variables hold now is what is validated.</summary>
    protected internal virtual void BeforeValidation(TrainingRun run) { }

    /// <summary>An epoch has ended. The variables still are those that were validated.</summary>
    protected internal virtual void AfterEpoch(TrainingRun run, EpochResult epoch) { }

    /// <summary>
    /// After the last word about the epoch: what was exchanged for the validation comes back.
    /// It is called, last callback first, for those whose <see cref="BeforeValidation"/> came to its end,
    /// also if the validation was cancelled or failed.
    /// </summary>
    protected internal virtual void AfterValidation(TrainingRun run) { }

    /// <summary>
    /// The training stands between two steps, and all callbacks have heard of what came before: it can be saved here.
    /// After the last step of an epoch that is when the epoch is validated and its result known.
    /// When the training is cancelled, it pauses once more, unless a callback has thrown.
    /// </summary>
    protected internal virtual void Paused(TrainingRun run, TrainingPause pause) { }

    /// <summary>Writes down what it remembers from step to step, for a <see cref="Checkpoint"/>.
    /// How it was made need not be saved.</summary>
    protected internal virtual void Save(CallbackState state) { }

    /// <summary>Takes over what it wrote down, after <see cref="Begin"/>, where a training goes on.</summary>
    protected internal virtual void Restore(TrainingRun run, CallbackState state) { }

    /// <summary>The training ends: after its last epoch, when it was stopped, and also when it was cancelled or failed.</summary>
    protected internal virtual void End(TrainingRun run) { }
}
