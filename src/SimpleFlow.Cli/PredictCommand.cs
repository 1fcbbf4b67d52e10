using System.CommandLine;
using System.CommandLine.Help;
using SimpleFlow.Cli.Foreign;
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
                    + "of IDX files (its test images are taken); for any .onnx file also its inputs as arrays: .npy, .npz or .safetensors"
        };
        var file = OptionValues.Text("--out", "FILE",
            "Write the predictions into this file: .csv; for arrays also .npy, .npz or .safetensors");
        var top = OptionValues.Number<int>("--top", "N",
            "Give the N likeliest classes and their probabilities [default: the likeliest, and the probability of every class]",
            "a whole number from 1", n => n >= 1);
        var threads = OptionValues.Threads("Threads to predict with");
        var reading = new ReadingOptions();
        var foreign = new ForeignOptions();
        var json =
            NetworkArguments.Json(
                "{\"event\":\"prediction\",\"row\":…,\"class\":…,\"probability\":…,\"probabilities\":{\"CLASS\":…,…}} or {…,\"value\":…} "
                    + "for every example");
        var command = new Command("predict", "Predict with a saved network.") { model, what, file, top, threads, json };
        foreach (var option in (IEnumerable<Option>)[.. reading.All, .. foreign.All]) command.Add(option);
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow predict irises new.csv                  the table with predictions and probabilities
            simpleflow predict irises new.csv --out said.csv   the same in a file
            simpleflow predict digits three.png                one image; or a folder of them
            simpleflow predict irises new.csv --json           a line of JSON for each row
            simpleflow predict irises.onnx new.csv             what simpleflow export wrote answers the same
            simpleflow predict resnet.onnx cat.png --top 5 --classes names.txt   a network of another program
            simpleflow predict bert.onnx in.npz --out out.npz  arrays in, arrays out
            """) });
        command.SetAction(parsed =>
        {
            var (saved, from) = (parsed.GetRequiredValue(model), parsed.GetRequiredValue(what));
            var path = parsed.GetValue(file);
            var isOfArrays = NetworkFile.IsOnnx(saved) && ArrayFile.IsOne(from);
            if (path is not null) CheckOut(path, isOfArrays);
            if (isOfArrays)
            {
                var computed = ArrayPredictions.Of(saved, from, foreign.Of(parsed).Output, parsed.GetValue(threads));
                return Write(computed, path, parsed.GetValue(json), output, data);
            }
            var notes = NetworkArguments.Notes(parsed);
            var isForeign = false;
            var network = NetworkFile.Load(saved, parsed.GetValue(threads), _ =>
            {
                isForeign = true;
                return ForeignNetwork.Of(saved, from, foreign.Of(parsed), reading.Of(parsed), parsed.GetValue(threads), notes);
            });
            if (!isForeign) foreign.RequireNone(parsed);
            var examples = NetworkData.Read(network, from, reading.Of(parsed), notes, cancellation);
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

    private static void CheckOut(string path, bool isOfArrays)
    {
        if (!path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase) && !(isOfArrays && ArrayFile.IsOne(path)))
            throw new UsageException($"--out is '{path}', and must be a name that ends in "
                + $"{(isOfArrays ? ".csv, .npy, .npz or .safetensors" : ".csv")}.");
        WritableFile.Check(path, "predictions");
    }

    private static int Write(ArrayPredictions computed, string? path, bool isJson, TextWriter output, TextWriter data)
    {
        if (path is null || isJson) computed.WriteRows(isJson ? null : data, isJson ? output : null);
        if (path is null) return ExitCodes.Done;
        if (ArrayFile.IsOne(path)) computed.WriteArrays(path);
        else WholeFile.Write(path, file =>
        {
            using var writer = new StreamWriter(file, leaveOpen: true);
            computed.WriteRows(writer, null);
        });
        if (!isJson) output.WriteLine($"The outputs are in {path}.");
        return ExitCodes.Done;
    }
}
