namespace SimpleFlow;

/// <summary>
/// Code that runs during training: <c>new FitOptions { Epochs = 10, Callbacks = [new EarlyStopping(), new BestWeights()] }</c>.
/// Callbacks run in the order given, on the training thread, between steps, so they may read and set variables. If one throws, training
/// ends with its exception, even if others throw after it: the model is at the end of a step, and <see cref="End"/> is called for every
/// callback whose <see cref="Begin"/> returned.
/// </summary>
public abstract class Callback
{
    /// <summary>The settings that training depends on, in words: <c>patience 5, loss</c>. Training resumes only with callbacks of the same
    /// types and settings.</summary>
    protected internal virtual string Settings => "";

    /// <summary>Called when training begins.</summary>
    protected internal virtual void Begin(TrainingRun run) { }

    /// <summary>Called after every step.</summary>
    protected internal virtual void AfterStep(TrainingRun run) { }

    /// <summary>Called after an epoch's last step and before its validation, which uses the variables as this method leaves them.</summary>
    protected internal virtual void BeforeValidation(TrainingRun run) { }

    /// <summary>Called after an epoch and its validation. The variables still hold the values that were validated.</summary>
    protected internal virtual void AfterEpoch(TrainingRun run, EpochResult epoch) { }

    /// <summary>
    /// Called after the epoch is reported, to undo what <see cref="BeforeValidation"/> exchanged. It is called, last callback first, for
    /// those whose <see cref="BeforeValidation"/> returned, even if the validation was cancelled or failed.
    /// </summary>
    protected internal virtual void AfterValidation(TrainingRun run) { }

    /// <summary>
    /// Called between two steps, once all callbacks have been told of the last one: training can be saved here. At the end of an epoch it
    /// is called once the validation is done. When training is cancelled, it is called once more, unless a callback has thrown.
    /// </summary>
    protected internal virtual void Paused(TrainingRun run, TrainingPause pause) { }

    /// <summary>Saves the state it keeps from step to step, for a <see cref="Checkpoint"/>. Its settings need not be saved.</summary>
    protected internal virtual void Save(CallbackState state) { }

    /// <summary>Restores the saved state when training resumes, after <see cref="Begin"/>.</summary>
    protected internal virtual void Restore(TrainingRun run, CallbackState state) { }

    /// <summary>Called when training ends: after its last epoch, when it was stopped, and also when it was cancelled or failed.</summary>
    protected internal virtual void End(TrainingRun run) { }
}
