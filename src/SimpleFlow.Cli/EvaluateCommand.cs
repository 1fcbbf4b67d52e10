using System.CommandLine;
using System.CommandLine.Help;
using System.Diagnostics;
using SimpleFlow.Cli.Foreign;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow evaluate</c>: how well a saved network does on data with the right answers.</summary>
internal static class EvaluateCommand
{
    public static Command Create(TextWriter output, CancellationToken cancellation)
    {
        var model = NetworkArguments.Model();
        var data = new Argument<string>("DATA")
        {
            Description =
                "As for train: digits or mnist, a folder of IDX files (its test images are taken), a folder with a sub-folder of "
                    + "images for each "
                    + "class, a .csv file with the column to predict, or a .txt file"
        };
        var threads = OptionValues.Threads("Threads to evaluate with");
        var plot = OptionValues.Text("--plot", "FILE.png",
            "Draw the confusion matrix, or predicted against true amounts, into this file", ending: ".png");
        var reading = new ReadingOptions();
        var foreign = new ForeignOptions();
        var json =
            NetworkArguments.Json(
                "{\"event\":\"end\",\"accuracy\":…,\"loss\":…,\"seconds\":…,\"rows\":…}, with meanAbsoluteError, rootMeanSquaredError and "
                    + "rSquared, or perplexity, where that is the measure; if it is known, trainedOn: how many of the rows it was trained "
                    + "on, and others: the same figures for the other rows");
        var command = new Command("evaluate", "Test a saved network on examples with the right answers.") { model, data, threads, plot,
            json };
        foreach (var option in (IEnumerable<Option>)[.. reading.All, .. foreign.All]) command.Add(option);
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow evaluate irises test.csv                     precision, recall and accuracy
            simpleflow evaluate digits mnist --plot confusion.png   which digit is taken for which
            simpleflow evaluate sonnets poems.txt                   the perplexity of a text
            simpleflow evaluate net.onnx pictures/ --classes names.txt   a network of another program
            """) });
        command.SetAction(parsed =>
        {
            var clock = Stopwatch.StartNew();
            var picture = parsed.GetValue(plot);
            if (picture is not null) WritableFile.Check(picture, "picture");
            var (saved, name) = (parsed.GetRequiredValue(model), parsed.GetRequiredValue(data));
            var isForeign = false;
            var network = NetworkFile.Load(saved, parsed.GetValue(threads), _ =>
            {
                isForeign = true;
                return ForeignNetwork.Of(saved, name, foreign.Of(parsed), reading.Of(parsed), parsed.GetValue(threads),
                    NetworkArguments.Notes(parsed));
            });
            if (!isForeign) foreign.RequireNone(parsed);
            var examples = NetworkData.ReadLabelled(network, name, reading.Of(parsed), NetworkArguments.Notes(parsed), cancellation);
            var parts = EvaluatedParts.Of(network, examples, cancellation);
            if (parsed.GetValue(json))
            {
                JsonLine.Write(output, line =>
                {
                    line.WriteString("event", "end");
                    parts.All.Write(line);
                    line.WriteNumber("seconds", Math.Round(clock.Elapsed.TotalSeconds, 3));
                    line.WriteNumber("rows", examples.Rows);
                    if (parts.TrainedOn is not { } trained) return;
                    line.WriteNumber("trainedOn", trained);
                    if (parts.Others is not { } others) return;
                    line.WriteStartObject("others");
                    others.Write(line);
                    line.WriteNumber("rows", others.Rows);
                    line.WriteEndObject();
                });
            }
            else
            {
                if (parts.Fair.Judged.Table is { } table) output.WriteLine(table);
                foreach (var line in parts.Lines(name)) output.WriteLine(line);
            }
            if (picture is null) return ExitCodes.Done;
            parts.Fair.Judged.Draw(picture, $"{name}: {parts.Fair.Score}");
            if (!parsed.GetValue(json)) output.WriteLine($"The picture is in {picture}.");
            return ExitCodes.Done;
        });
        return command;
    }
}
