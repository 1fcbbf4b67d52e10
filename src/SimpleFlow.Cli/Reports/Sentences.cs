namespace SimpleFlow.Cli.Reports;

/// <summary>What reports for people say before and after training.</summary>
internal static class Sentences
{
    public static string Loading(string what) => $"Loading {what} …";

    public static string Loaded(ImageData data) =>
        $"{data.Train.Count:N0} images to learn from, {data.Test.Count:N0} to test with, {data.Train.Rows} × {data.Train.Columns} pixels, {data.Classes} classes";

    public static string Epoch(EpochLine epoch, int count)
    {
        var number = epoch.Number.ToString().PadLeft(count.ToString().Length);
        return $"epoch {number}/{count}  loss {epoch.Loss:F4}  test accuracy {100 * epoch.Accuracy:F2} %  {epoch.Duration.TotalSeconds:F2} s  {epoch.ImagesPerSecond:N0} images/s";
    }

    /// <summary>As the seed of this project says it, which counts its epochs from 0 and its accuracy in whole percent.</summary>
    public static string SeedsEpoch(EpochLine epoch, int count) => $"epoch {epoch.Number - 1} loss: {epoch.Loss} accuracy: {Math.Floor(100 * epoch.Accuracy)}";

    public static string End(EpochLine last, TimeSpan duration, long parameters) =>
        $"Test accuracy {100 * last.Accuracy:F2} % after {duration.TotalSeconds:F1} s, with {parameters:N0} parameters.";

    public static string Drawn(string path) => $"Loss and accuracy are drawn in {path}.";

    public static string Traced(string path) => $"Every run of every step is in {path}, for chrome://tracing or ui.perfetto.dev.";
}
