namespace SimpleFlow.Cli.Reports;

/// <summary>A line for every epoch, for files and pipes.</summary>
internal sealed class PlainReport(TextWriter output, Func<EpochLine, int, string> sentence) : TrainingReport
{
    public override void Loading(string what) => Write(Sentences.Loading(what));

    public override void Loaded(ImageData data) => Write(Sentences.Loaded(data));

    public override void End(TimeSpan duration, long parameters) => Write(Sentences.End(Epochs[^1], duration, parameters));

    public override void Drawn(string path) => Write(Sentences.Drawn(path));

    protected override void Ended(EpochLine epoch) => Write(sentence(epoch, EpochCount));

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
