using System.Globalization;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary>What a network says of examples, row by row as it is asked for: as CSV beside the cells of each, or as JSON.</summary>
/// <param name="network">The network.</param>
/// <param name="examples">The examples.</param>
/// <param name="top">How many of the likeliest classes to tell; null: the likeliest, and the probability of every class.</param>
/// <param name="cancellation">Stops before a batch.</param>
internal sealed class PredictionWriter(Network network, NetworkData.Unlabelled examples, int? top, CancellationToken cancellation)
{
    public void WriteCsv(TextWriter writer)
    {
        WriteRow(writer, [.. examples.Columns, .. Columns()]);
        foreach (var (row, cells) in Cells().Index()) WriteRow(writer, [.. examples.Cells(row), .. cells]);
        writer.Flush();
    }

    public void WriteJson(TextWriter writer)
    {
        if (network.Description.Output is ClassOutput)
        {
            foreach (var (row, prediction) in Classes().Index())
            {
                JsonLine.Write(writer, line =>
                {
                    Begin(line, row);
                    line.WriteString("class", prediction.Class);
                    line.WriteFigure("probability", prediction.Probability);
                    line.WriteStartObject("probabilities");
                    foreach (var (name, probability) in top is { } count ? prediction.Top(count)
                        : prediction.Classes.Zip(prediction.Probabilities)) line.WriteFigure(name, probability);
                    line.WriteEndObject();
                });
            }
            return;
        }
        foreach (var (row, number) in Numbers().Index())
        {
            JsonLine.Write(writer, line =>
            {
                Begin(line, row);
                line.WriteFigure("value", (float)number);
            });
        }
    }

    private void Begin(System.Text.Json.Utf8JsonWriter line, int row)
    {
        line.WriteString("event", "prediction");
        line.WriteNumber("row", row + 1);
        if (examples.Columns is ["image"]) line.WriteString("image", examples.Cells(row)[0]);
    }

    private IEnumerable<string> Columns() => network.Description.Output switch
    {
        ClassOutput output when top is { } count =>
            Enumerable.Range(1, Math.Min(count, output.Classes.Count))
                .SelectMany(place => place == 1 ? (string[])[$"predicted {output.Name}", "probability"]
                    : [$"predicted {output.Name} {place}", $"probability {place}"]),
        ClassOutput output => [$"predicted {output.Name}", "probability", .. output.Classes.Select(name => $"probability of {name}")],
        _ => [$"predicted {((NumberOutput)network.Description.Output).Name}"],
    };

    private IEnumerable<IEnumerable<string>> Cells() => network.Description.Output is not ClassOutput
        ? Numbers().Select(number => (IEnumerable<string>)[Text((float)number)])
        : top is { } count
            ? Classes().Select(one => one.Top(count).SelectMany(place => (string[])[place.Class, Text(place.Probability)]))
            : Classes().Select(one => (IEnumerable<string>)[one.Class, Text(one.Probability), .. one.Probabilities.Select(Text)]);

    private IEnumerable<ClassPrediction> Classes() => network.ClassifyEncoded(examples.Inputs, cancellation);

    private IEnumerable<double> Numbers() => network.EstimateEncoded(examples.Inputs, cancellation);

    private static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private static void WriteRow(TextWriter writer, IEnumerable<string> cells) => writer.WriteLine(string.Join(',', cells.Select(Field)));

    // RFC 4180: what holds a separator, a quote or a line break stands in quotes.
    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
