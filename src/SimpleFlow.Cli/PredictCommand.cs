using System.CommandLine;
using System.Globalization;
using SimpleFlow.Cli.Recipes;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow predict</c>: what a saved network says of new data.</summary>
internal static class PredictCommand
{
    public static Command Create(TextWriter output, TextWriter data, CancellationToken cancellation)
    {
        var model = NetworkArguments.Model();
        var what = new Argument<string>("DATA") { Description = "A .csv file with the columns that it was trained on; or an image, a folder of images, an IDX file of images, or a folder of IDX files (its test images are taken)" };
        var file = OptionValues.Text("--out", "FILE.csv", "Write the predictions into this file", ending: ".csv");
        var threads = OptionValues.Threads("Threads to predict with");
        var reading = new ReadingOptions();
        var json = NetworkArguments.Json("{\"event\":\"prediction\",\"row\":…,\"class\":…,\"probability\":…} or {…,\"value\":…} for every example");
        var command = new Command("predict", "Predict with a saved network.") { model, what, file, threads, json };
        foreach (var option in reading.All) command.Add(option);
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(file) is { } path) WritableFile.Check(path, "predictions");
            else path = null;
            var network = Network.Load(SavePlace.FileOf(parsed.GetRequiredValue(model)), parsed.GetValue(threads));
            var examples = NetworkData.Read(network, parsed.GetRequiredValue(what), reading.Of(parsed), NetworkArguments.Notes(parsed), cancellation);
            var (columns, rows) = Predictions(network, examples.Inputs, cancellation);
            if (parsed.GetValue(json)) WriteJson(output, examples, columns, rows);
            if (path is not null)
            {
                WholeFile.Write(path, file =>
                {
                    using var writer = new StreamWriter(file, leaveOpen: true);
                    WriteCsv(writer, examples, columns, rows);
                });
                if (!parsed.GetValue(json)) output.WriteLine($"{(rows.Count == 1 ? "1 prediction is" : $"{rows.Count:N0} predictions are")} in {path}.");
            }
            else if (!parsed.GetValue(json))
            {
                WriteCsv(data, examples, columns, rows);
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static (string[] Columns, IReadOnlyList<object[]> Rows) Predictions(Network network, DataArray inputs, CancellationToken cancellation) => network.Description.Output switch
    {
        ClassOutput output => ([$"predicted {output.Name}", "probability"], [.. network.Classify(inputs, cancellation).Select(one => (object[])[one.Class, one.Probability])]),
        NumberOutput output => ([$"predicted {output.Name}"], [.. network.Estimate(inputs, cancellation).Select(one => (object[])[(float)one])]),
        _ => throw new DataException("This network predicts the next characters of a text: simpleflow generate."),
    };

    private static void WriteCsv(TextWriter writer, NetworkData.Unlabelled examples, string[] columns, IReadOnlyList<object[]> rows)
    {
        writer.WriteLine(string.Join(',', examples.Columns.Concat(columns).Select(Field)));
        for (var row = 0; row < rows.Count; row++)
            writer.WriteLine(string.Join(',', examples.Cells[row].Concat(rows[row].Select(cell => Convert.ToString(cell, CultureInfo.InvariantCulture)!)).Select(Field)));
        writer.Flush();
    }

    private static void WriteJson(TextWriter writer, NetworkData.Unlabelled examples, string[] columns, IReadOnlyList<object[]> rows)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            JsonLine.Write(writer, line =>
            {
                line.WriteString("event", "prediction");
                line.WriteNumber("row", row + 1);
                if (examples.Columns is ["image"]) line.WriteString("image", examples.Cells[row][0]);
                if (columns.Length == 1)
                {
                    line.WriteFigure("value", (float)rows[row][0]);
                    return;
                }
                line.WriteString("class", (string)rows[row][0]);
                line.WriteFigure("probability", (float)rows[row][1]);
            });
        }
    }

    // RFC 4180: what holds a separator, a quote or a line break stands in quotes.
    private static string Field(string text) => text.AsSpan().IndexOfAny(",\"\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
