using System.Text.Json;

namespace SimpleFlow.Cli.Reports;

/// <summary>One JSON object a line, for other programs.</summary>
internal sealed class JsonReport(TextWriter output) : TrainingReport
{
    protected override void Ended(EpochLine epoch) => Write(json =>
    {
        json.WriteString("event", "epoch");
        json.WriteNumber("epoch", epoch.Number);
        json.WriteFigure("loss", epoch.Loss);
        if (epoch.ValidationLoss is { } validation) json.WriteFigure($"{WatchedBy}Loss", validation);
        json.WriteFigure(Subject.Score.Key, Rounded(epoch.Score));
        json.WriteNumber("seconds", Seconds(epoch.Duration));
    });

    public override void Found(TrainingFinding finding) => Write(json =>
    {
        json.WriteString("event", "finding");
        json.WriteString("name", finding.Name);
        json.WriteString("what", finding.What);
        json.WriteString("advice", finding.Advice);
    });

    public override void End(TimeSpan duration, long parameters) => Write(json =>
    {
        json.WriteString("event", "end");
        json.WriteFigure(Subject.Score.Key, Rounded(Test!.Score));
        json.WriteFigure("loss", Kept.Loss);
        json.WriteFigure("testLoss", Test.Evaluation.Loss);
        json.WriteNumber("epoch", Kept.Number);
        foreach (var (key, value) in Test.Figures) json.WriteFigure(key, Rounded(value));
        json.WriteNumber("seconds", Seconds(duration));
        json.WriteNumber("parameters", parameters);
        if (Standard is { } standard) json.WriteFigure("baseline", Rounded(standard.Value));
        if (Test.Classes.Count > 0) WriteClasses(json);
    });

    private void WriteClasses(Utf8JsonWriter json)
    {
        json.WriteStartArray("classes");
        foreach (var one in Test!.Classes)
        {
            json.WriteStartObject();
            json.WriteString("name", one.Name);
            json.WriteFigure("precision", Rounded(one.Precision));
            json.WriteFigure("recall", Rounded(one.Recall));
            json.WriteFigure("f1", Rounded(one.F1));
            json.WriteNumber("rows", one.Rows);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    // Metrics are averages in float32; further digits are noise.
    private static double Rounded(double score) => Math.Round(score, 6);

    private static double Seconds(TimeSpan time) => Math.Round(time.TotalSeconds, 3);

    private void Write(Action<Utf8JsonWriter> properties) => JsonLine.Write(output, properties);
}
