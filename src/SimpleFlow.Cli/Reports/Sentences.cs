using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli.Reports;

/// <summary>The sentences of reports for people.</summary>
internal static class Sentences
{
    public static string Loading(string what) => $"Loading {what} …";

    public static string Epoch(EpochLine epoch, TrainingReport report)
    {
        var number = epoch.Number.ToString().PadLeft(report.EpochCount.ToString().Length);
        var (watched, score) = (epoch.ValidationLoss is { } loss ? $"  {report.WatchedBy} loss {loss:F4}" : "",
            report.Subject.Score.Say(epoch.Score));
        return $"epoch {number}/{report.EpochCount}  loss {epoch.Loss:F4}{watched}  {score}  {epoch.Duration.TotalSeconds:F2} s  "
            + $"{epoch.RowsPerSecond:N0} {report.Subject.Unit}/s";
    }

    public static string Ranks(int ranks, int batch, string unit) =>
        $"{ranks} ranks train together: {ranks} × {batch:N0} = {(long)ranks * batch:N0} {unit} in a step. The learning rate "
            + "stays as it is.";

    public static string Best(TrainingReport report, int best)
    {
        var (kept, last, lowest) = (report.Epochs.First(epoch => epoch.Number == best), report.Epochs[^1],
            report.Epochs.MinBy(epoch => epoch.ValidationLoss)!);
        if (kept == last)
            return kept == lowest ? $"Kept the last epoch, whose validation loss was lowest: {kept.ValidationLoss:F4}."
                : $"Kept the last epoch: its validation loss, {kept.ValidationLoss:F4}, is about as low as the lowest, "
                    + $"{lowest.ValidationLoss:F4} in epoch {lowest.Number}.";
        var after = last.Loss < kept.Loss && last.ValidationLoss > TrainingReport.Overfitted * kept.ValidationLoss
            && last.ValidationLoss - kept.ValidationLoss > TrainingReport.Noticeable
            ? $" After it the training loss kept falling, from {kept.Loss:F4} to {last.Loss:F4}: the network began to learn its examples "
                + "by heart (overfitting)." : "";
        var why = lowest.ValidationLoss < kept.ValidationLoss ? "the last with a validation loss about as low as the lowest"
            : "whose validation loss was lowest";
        return $"Kept epoch {best} of {last.Number}, {why}: {kept.ValidationLoss:F4}, and {last.ValidationLoss:F4} at the end.{after}";
    }

    /// <summary>The line of this project's seed, which counts epochs from 0 and gives the accuracy in whole percent.</summary>
    public static string SeedsEpoch(EpochLine epoch, TrainingReport report) =>
        $"epoch {epoch.Number - 1} loss: {epoch.Loss} accuracy: {Math.Floor(100 * epoch.Score)} %";

    public static string End(TrainingReport report, TimeSpan duration, long parameters) =>
        $"Test {report.Subject.Score.Say(report.Test!.Score)} after {duration.TotalSeconds:F1} s, with "
            + $"{NumberText.Count(parameters, "parameter")}.";

    public static string TooFew(LabelledData examples) =>
        $"Too few {examples.Unit} to say how well the network predicts: {examples.Train.Rows:N0} to train on, {examples.Test.Rows:N0} to "
            + "test on.";

    public static string Drawn(string path, Score score) =>
        $"Loss{(score == Score.Accuracy ? " and accuracy are" : " is")} drawn in {path}.";

    public static string Saved(string path) => $"The network is saved in {path}.";

    /// <summary>Suggests what to do next.</summary>
    /// <param name="saved">Where the network is saved; null if it is not.</param>
    /// <param name="what">The training data, as named on the command line.</param>
    /// <param name="input">What it takes.</param>
    public static string Next(string? saved, string what, NetworkInput input)
    {
        if (saved is null) return "The network is not kept: add --save DIR to keep it and use it.";
        return $"Next: {ShellCommand.Of(input switch
        {
            TableInput => ["predict", saved, "new.csv"],
            TextInput => ["generate", saved],
            _ when DataFolder.IsKnown(what) || ImageSource.IsIdx(what) => ["evaluate", saved, what],
            _ => ["predict", saved, "new.png"],
        })}";
    }

    public static string Traced(string path) => $"Every run of every step is in {path}, for chrome://tracing or ui.perfetto.dev.";
}
