namespace SimpleFlow.Cli.Reports;

/// <summary>What reports for people say before and after training.</summary>
internal static class Sentences
{
    public static string Loading(string what) => $"Loading {what} …";

    public static string Loaded(ImageData data) =>
        $"{data.Train.Count:N0} images to learn from, {data.Test.Count:N0} to test with, {data.Train.Rows} × {data.Train.Columns} pixels, {data.Classes} classes";

    public static string End(EpochLine last, TimeSpan duration, long parameters) =>
        $"Test accuracy {100 * last.Accuracy:F2} % after {duration.TotalSeconds:F1} s, with {parameters:N0} parameters.";

    public static string Drawn(string path) => $"Loss and accuracy are drawn in {path}.";
}
