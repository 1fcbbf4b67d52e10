namespace SimpleFlow.Cli.Reports;

/// <summary>A line for every epoch, for files and pipes.</summary>
internal sealed class PlainReport(TextWriter output, Func<EpochLine, TrainingReport, string> sentence) : TrainingReport
{
    public override void Loading(string what) => Write(Sentences.Loading(what));

    public override ReadingReport Reading() => new(Write, () => { }, TimeSpan.FromSeconds(5));

    public override void Say(string sentence) => Write(sentence);

    public override void End(TimeSpan duration, long parameters) => Write(Sentences.End(this, duration, parameters));

    protected override void Ended(EpochLine epoch)
    {
        if (IsTold(epoch)) Write(sentence(epoch, this));
    }

    private void Write(string line)
    {
        output.WriteLine(Printable.Of(line));
        output.Flush();
    }
}
