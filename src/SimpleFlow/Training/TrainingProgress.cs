namespace SimpleFlow;

/// <summary>How far training is: reported a few times a second and at the end of every epoch.</summary>
/// <param name="Epoch">The running epoch of this fit, from 1.</param>
/// <param name="Epochs">How many epochs this fit has.</param>
/// <param name="Batch">How many batches of the epoch are done.</param>
/// <param name="Batches">How many batches an epoch has.</param>
/// <param name="Current">Loss and metrics of the epoch so far.</param>
/// <param name="RowsPerSecond">Examples trained per second since the fit began.</param>
/// <param name="Elapsed">Time since the fit began.</param>
/// <param name="Remaining">Estimated time left.</param>
/// <param name="Finished">The epoch's result, in the report at its end; else null.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, Evaluation Current, double RowsPerSecond, TimeSpan Elapsed, TimeSpan Remaining,
    EpochResult? Finished);

/// <summary>What <see cref="Model.Fit(Feed, int, CancellationToken)"/> did.</summary>
/// <param name="Iterations">How many steps it made.</param>
/// <param name="Loss">The loss that the last step started from.</param>
/// <param name="Settled">Whether it stopped because no variable moved any more.</param>
public sealed record FitResult(int Iterations, float Loss, bool Settled);
