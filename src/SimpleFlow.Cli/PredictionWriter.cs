using System.Globalization;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary>Writes a network's predictions row by row, as they are read: as CSV beside the cells of each row, or as JSON.</summary>
/// <param name="network">The network.</param>
/// <param name="top">How many of the likeliest classes to write; null: the likeliest, and the probability of every class.</param>
/// <param name="cancellation">Stops before a batch.</param>
internal sealed class PredictionWriter(Network network, int? top, CancellationToken cancellation)
{
    /// <summary>Writes the predictions.</summary>
    /// <param name="pieces">The examples.</param>
    /// <param name="csv">Receives a table; null for none.</param>
    /// <param name="json">Receives a line of JSON for each example; null for none.</param>
    /// <returns>How many examples there were.</returns>
    public int Write(IEnumerable<NetworkData.Unlabelled> pieces, TextWriter? csv, TextWriter? json)
    {
        var count = 0;
        foreach (var piece in pieces)
        {
            if (csv is not null && piece.First == 0) WriteRow(csv, [.. piece.Columns, .. Columns()]);
            if (network.Description.Output is ClassOutput)
            {
                foreach (var (row, prediction) in network.ClassifyEncoded(piece.Inputs, cancellation).Index())
                {
                    if (json is not null) WriteJson(json, piece, row, prediction);
                    if (csv is not null) WriteRow(csv, [.. piece.Cells(row), .. Cells(prediction)]);
                }
            }
            else
            {
                foreach (var (row, number) in network.EstimateEncoded(piece.Inputs, cancellation).Index())
                {
                    if (json is not null) WriteJson(json, piece, row, (float)number);
                    if (csv is not null) WriteRow(csv, [.. piece.Cells(row), Text((float)number)]);
                }
            }
            count += piece.Inputs.Rows;
        }
        csv?.Flush();
        return count;
    }

    private void WriteJson(TextWriter writer, NetworkData.Unlabelled piece, int row, ClassPrediction prediction) =>
        JsonLine.Write(writer, line =>
    {
        Begin(line, piece, row);
        line.WriteString("class", prediction.Class);
        line.WriteFigure("probability", prediction.Probability);
        line.WriteStartObject("probabilities");
        foreach (var (name, probability) in top is { } count ? prediction.Top(count) : prediction.Classes.Zip(prediction.Probabilities))
            line.WriteFigure(name, probability);
        line.WriteEndObject();
    });

    private static void WriteJson(TextWriter writer, NetworkData.Unlabelled piece, int row, float number) => JsonLine.Write(writer, line =>
    {
        Begin(line, piece, row);
        line.WriteFigure("value", number);
    });

    private static void Begin(System.Text.Json.Utf8JsonWriter line, NetworkData.Unlabelled piece, int row)
    {
        line.WriteString("event", "prediction");
        line.WriteNumber("row", piece.First + row + 1);
        if (piece.Columns is ["image"]) line.WriteString("image", piece.Cells(row)[0]);
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

    private IEnumerable<string> Cells(ClassPrediction prediction) => top is { } count
        ? prediction.Top(count).SelectMany(place => (string[])[place.Class, Text(place.Probability)])
        : [prediction.Class, Text(prediction.Probability), .. prediction.Probabilities.Select(Text)];

    private static string Text(float number) => number.ToString(CultureInfo.InvariantCulture);

    private static void WriteRow(TextWriter writer, IEnumerable<string> cells) => writer.WriteLine(string.Join(',', cells.Select(Field)));

    // RFC 4180: a field with a separator, a quote or a line break is put in quotes.
    private static string Field(string text) =>
        text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
