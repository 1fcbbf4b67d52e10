using System.CommandLine;
using System.CommandLine.Help;
using SimpleFlow.Cli.Sources;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow predict</c>: predicts new data with a saved network.</summary>
internal static class PredictCommand
{
    public static Command Create(TextWriter output, TextWriter data, CancellationToken cancellation)
    {
        var model = NetworkArguments.Model();
        var what = new Argument<string>("DATA")
        {
            Description =
                "A .csv file with the columns that it was trained on; or an image, a folder of images, an IDX file of images, or a folder "
                    + "of IDX files (its test images are taken)"
        };
        var file = OptionValues.Text("--out", "FILE.csv", "Write the predictions into this file", ending: ".csv");
        var top = OptionValues.Number<int>("--top", "N",
            "Give the N likeliest classes and their probabilities [default: the likeliest, and the probability of every class]",
            "a whole number from 1", n => n >= 1);
        var threads = OptionValues.Threads("Threads to predict with");
        var reading = new ReadingOptions();
        var json =
            NetworkArguments.Json(
                "{\"event\":\"prediction\",\"row\":…,\"class\":…,\"probability\":…,\"probabilities\":{\"CLASS\":…,…}} or {…,\"value\":…} "
                    + "for every example");
        var command = new Command("predict", "Predict with a saved network.") { model, what, file, top, threads, json };
        foreach (var option in reading.All) command.Add(option);
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow predict irises new.csv                  the table with predictions and probabilities
            simpleflow predict irises new.csv --out said.csv   the same in a file
            simpleflow predict digits three.png                one image; or a folder of them
            simpleflow predict irises new.csv --json           a line of JSON for each row
            """) });
        command.SetAction(parsed =>
        {
            if (parsed.GetValue(file) is { } path) WritableFile.Check(path, "predictions");
            else path = null;
            var network = Network.Load(parsed.GetRequiredValue(model), parsed.GetValue(threads));
            var notes = NetworkArguments.Notes(parsed);
            var examples = NetworkData.Read(network, parsed.GetRequiredValue(what), reading.Of(parsed), notes, cancellation);
            if (network.Description.Output is NextCharacterOutput)
                throw new DataException("This network predicts the next characters of a text: use simpleflow generate.");
            if (parsed.GetValue(top) is not null && network.Description.Output is not ClassOutput)
                throw new UsageException("--top is for classes, and this network predicts a number.");
            var predictions = new PredictionWriter(network, parsed.GetValue(top), cancellation);
            var lines = parsed.GetValue(json) ? output : null;
            if (path is null)
            {
                predictions.Write(examples, lines is null ? data : null, lines);
                return ExitCodes.Done;
            }
            var count = 0;
            WholeFile.Write(path, file =>
            {
                using var writer = new StreamWriter(file, leaveOpen: true);
                count = predictions.Write(examples, writer, lines);
            });
            if (lines is null) output.WriteLine($"{(count == 1 ? "1 prediction is" : $"{count:N0} predictions are")} in {path}.");
            return ExitCodes.Done;
        });
        return command;
    }
}
