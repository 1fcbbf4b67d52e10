using System.Globalization;

namespace SimpleFlow;

/// <summary>What the epochs of a training run show, on their own and compared with a baseline.</summary>
internal static class HistoryFindings
{
    // A validation loss moves up and down by a few parts in a hundred without meaning anything.
    private const double Overfitted = 1.2;

    public static IEnumerable<TrainingFinding> Of(IReadOnlyList<EpochResult> epochs, Baseline? baseline, float rate)
    {
        if (epochs.Count == 0) yield break;
        var (first, last) = (epochs[0], epochs[^1]);
        if (epochs.Count > 1 && !(last.Loss <= first.Loss))
            yield return new(
                "loss rises", string.Create(CultureInfo.InvariantCulture,
                    $"The training loss went from {first.Loss:G4} in epoch {first.Epoch} to {last.Loss:G4} in epoch {last.Epoch}."),
                string.Create(CultureInfo.InvariantCulture, $"Try a learning rate of {rate / 10:G2} instead of {rate:G2}."));
        if (baseline is not null && BesideBaseline(last, baseline) is { } what)
            yield return new("no better than the baseline", what, string.Create(CultureInfo.InvariantCulture,
                $"Try other learning rates than {rate:G2}: one that is far too large or far too small does this. Check that inputs and "
                    + $"targets belong together row by row."));
        if (Best(epochs) is { } best && best.Epoch < last.Epoch && last.Loss < best.Loss
            && last.Validation!.Loss > Overfitted * best.Validation!.Loss)
        {
            yield return new(
                "overfitting",
                string.Create(CultureInfo.InvariantCulture,
                    $"The validation loss was lowest in epoch {best.Epoch}, {best.Validation.Loss:G4}, and is "
                        + $"{last.Validation.Loss:G4} in epoch {last.Epoch}, while the training loss fell."),
                "Keep the best weights (BestWeights), stop early (EarlyStopping), or train with more rows, dropout or weight decay.");
        }
    }

    private static EpochResult? Best(IReadOnlyList<EpochResult> epochs) =>
        epochs.All(epoch => epoch.Validation is not null) ? epochs.MinBy(epoch => epoch.Validation!.Loss) : null;

    private static string? BesideBaseline(EpochResult epoch, Baseline baseline)
    {
        var reached = epoch.Validation ?? epoch.Training;
        if (baseline.IsBeatenBy(reached) is not false) return null;
        return baseline.Accuracy is { } share
            ? string.Create(CultureInfo.InvariantCulture,
                $"The accuracy is {100 * reached.Metrics["accuracy"]:F2} %, and always answering class {baseline.CommonestClass} gives "
                    + $"{100 * share:F2} %.")
            : string.Create(CultureInfo.InvariantCulture,
                $"The mean absolute error is {reached.Metrics["mean absolute error"]:G4}, and always answering the mean "
                    + $"{baseline.Mean:G4} gives {baseline.MeanAbsoluteError:G4}.");
    }
}
