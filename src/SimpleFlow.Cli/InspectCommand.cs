using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using SimpleFlow.Cli.Code;
using SimpleFlow.Cli.Foreign;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Cli.Sources;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow inspect</c>: shows what a saved network is, or the program that uses it.</summary>
internal static class InspectCommand
{
    public static Command Create(TextWriter output)
    {
        var model = NetworkArguments.Model();
        var json = NetworkArguments.Json(
            "{\"event\":\"network\",\"parameters\":…,\"network\":{input, output, layers}}, for .onnx files also "
            + "\"onnx\":{opsets, inputs, outputs, ops, unsupported, …}");
        var code = new Option<bool>("--code") { Description = "Print nothing but a C# program that loads and uses this network" };
        var command = new Command("inspect", "Show what a saved network takes, what it predicts, and its layers.")
        {
            model, code, json
        };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow inspect irises                  its columns, layers and parameters
            simpleflow inspect irises --json           the same for another program
            simpleflow inspect irises --code > use.cs  a program that uses it: dotnet run use.cs
            simpleflow inspect net.onnx                inputs, outputs, ops, and what is not supported
            """) });
        command.SetAction(parsed =>
        {
            var path = parsed.GetRequiredValue(model);
            if (parsed.GetValue(code) && parsed.GetValue(json))
                throw new UsageException("--code prints a program, and --json prints JSON: choose one of them.");
            var onnx = NetworkFile.IsOnnx(path) ? OnnxContents.Of(path) : null;
            Network? network = null;
            if (onnx is null) network = Network.Load(path, threads: 1);
            else OnnxNetwork.TryLoad(path, out network, out _, threads: 1);
            if (network is null) return Foreign(onnx!, path, parsed.GetValue(code), parsed.GetValue(json), output);
            if (parsed.GetValue(code))
            {
                output.Write(NetworkProgram.Of(network, path));
                return ExitCodes.Done;
            }
            if (parsed.GetValue(json))
            {
                JsonLine.Write(output, line =>
                {
                    line.WriteString("event", "network");
                    line.WriteNumber("parameters", network.Model.ParameterCount);
                    line.WritePropertyName("network");
                    line.WriteRawValue(network.Description.ToJson());
                    if (onnx is not null) OnnxReport.Write(onnx, line);
                });
                return ExitCodes.Done;
            }
            output.WriteLine(
                $"{path}: {NumberText.Count(network.Model.ParameterCount, "parameter")}"
                    + $"{Size(Directory.Exists(path) ? Path.Combine(path, Network.FileName) : path, network)}");
            output.WriteLine($"takes     {Input(network.Description.Input)}");
            output.WriteLine($"predicts  {Output(network.Description.Output)}");
            if (network.TrainedOn is { Count: var examples })
            {
                var example = network.Description.Input switch { TableInput => "row", ImageInput => "image", _ => "piece" };
                output.WriteLine($"trained   on {NumberText.Count(examples, example)}");
            }
            if (network.Description.Input is TableInput table)
            {
                output.WriteLine();
                if (table.Dialect is { } dialect) output.WriteLine($"  {dialect}");
                foreach (var column in table.Columns)
                    output.WriteLine($"  {column.Name.PadRight(table.Columns.Max(one => one.Name.Length))}  {Column(column)}");
            }
            output.WriteLine();
            output.WriteLine(network.Model.Summary());
            output.WriteLine($"layers    {new Sequential([.. network.Description.Layers.Select(Readable)]).ToJson()}");
            if (onnx is not null)
            {
                output.WriteLine();
                OnnxReport.Write(onnx, path, output);
            }
            return ExitCodes.Done;
        });
        return command;
    }

    private static int Foreign(OnnxContents onnx, string path, bool code, bool json, TextWriter output)
    {
        if (code) output.Write(OnnxProgram.Of(onnx, path, NetworkProgram.Version));
        else if (!json) OnnxReport.Write(onnx, path, output);
        else JsonLine.Write(output, line =>
        {
            line.WriteString("event", "network");
            line.WriteNumber("parameters", onnx.Parameters);
            OnnxReport.Write(onnx, line);
        });
        return ExitCodes.Done;
    }

    // The graph of a base is a text that nobody can read.
    private static Layer Readable(Layer layer) => layer is not OnnxBody body ? layer : new OnnxBody("…")
    {
        Name = body.Name,
        CutAt = body.CutAt,
        Mean = body.Mean,
        Deviation = body.Deviation,
        IsReversed = body.IsReversed,
        IsTrained = body.IsTrained,
    };

    // A pipe has no length, or a meaningless one.
    private static string Size(string path, Network network) =>
        new FileInfo(path).Length is var bytes && bytes >= network.Model.ParameterCount * sizeof(float) ? $", {bytes / 1024.0:N0} KB" : "";

    private static string Input(NetworkInput input) => input switch
    {
        TableInput table =>
            $"rows of a table, {NumberText.Count(table.Columns.Count, "column")}, {NumberText.Count(table.Width, "number")}",
        ImageInput image => $"images, {image.Rows} × {image.Columns} pixels, {(image.Channels == 1 ? "grey" : "in colours")}",
        _ => $"{NumberText.Count(((TextInput)input).Length, "character")} of a text, {((TextInput)input).Vocabulary.Count} different ones",
    };

    private static string Output(NetworkOutput output) => output switch
    {
        ClassOutput classes =>
            $"{classes.Name}, one of {NumberText.Count(classes.Classes.Count, "class", "classes")}: {ImageSource.Names(classes.Classes)}",
        NumberOutput number => string.Create(CultureInfo.InvariantCulture,
            $"{number.Name}, an amount (mean {number.Mean:G5}, standard deviation {number.Deviation:G5} in training)"),
        _ => "the character that comes next",
    };

    private static string Order(DateOrder order) => order switch
    {
        DateOrder.YearMonthDay => "year, month, day",
        DateOrder.DayMonthYear => "day, month, year",
        _ => "month, day, year",
    };

    private static string Column(TableColumn column) => column switch
    {
        NumberColumn number => string.Create(CultureInfo.InvariantCulture,
            $"number, mean {number.Mean:G5}, standard deviation {number.Deviation:G5}{(number.MayBeMissing ? ", may be missing" : "")}"),
        DateColumn date =>
            string.Create(CultureInfo.InvariantCulture,
                $"date, {Order(date.Order)}, the last one "
                    + $"{date.Last:yyyy-MM-dd}{(date.HasTime ? ", with times" : "")}{(date.MayBeMissing ? ", may be missing" : "")}"),
        _ => $"text, {((CategoryColumn)column).Values.Count} known"
            + $"{(((CategoryColumn)column).EmbeddingSize is { } size ? $", each a learned vector of {size}" : "")}: "
            + $"{ImageSource.Names(((CategoryColumn)column).Values)}",
    };
}
