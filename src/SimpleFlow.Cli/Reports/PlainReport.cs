namespace SimpleFlow.Cli.Reports;

/// <summary>A line for every epoch, for files and pipes.</summary>
internal sealed class PlainReport(TextWriter output, bool inSeedsForm) : TrainingReport
{
    public override void Loading(string what) => Write(Sentences.Loading(what));

    public override void Loaded(ImageData data) => Write(Sentences.Loaded(data));

    public override void End(TimeSpan duration, long parameters) => Write(Sentences.End(Epochs[^1], duration, parameters));

    public override void Drawn(string path) => Write(Sentences.Drawn(path));

    protected override void Ended(EpochLine epoch) => Write(inSeedsForm
        // The seed counts its epochs from 0 and its accuracy in whole percent.
        ? $"epoch {epoch.Number - 1} loss: {epoch.Loss} accuracy: {Math.Floor(100 * epoch.Accuracy)}"
        : $"epoch {epoch.Number}/{EpochCount}  loss {epoch.Loss:F4}  accuracy {100 * epoch.Accuracy:F2} %  {epoch.Duration.TotalSeconds:F2} s  {epoch.Images / epoch.Duration.TotalSeconds:N0} images/s");

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
