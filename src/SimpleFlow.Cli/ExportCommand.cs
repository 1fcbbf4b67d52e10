using System.CommandLine;
using System.CommandLine.Help;
using System.Globalization;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli;

/// <summary><c>simpleflow export</c>: writes a saved network as an ONNX file.</summary>
internal static class ExportCommand
{
    private const int OldestOpset = 17, NewestOpset = 24;

    public static Command Create(TextWriter output)
    {
        var model = NetworkArguments.Model();
        var file = OptionValues.Text("--out", "FILE", "The ONNX file [default: MODEL.onnx]", ".onnx");
        var opset = OptionValues.Number<int>("--opset", "N", "The version of ONNX's op set [default: 17, which most programs read]",
            $"a whole number from {OldestOpset} to {NewestOpset}", n => n is >= OldestOpset and <= NewestOpset);
        var fix = OptionValues.Texts("--fix", "SIZE=N",
            "Fix a free size: batch=1 for one row at a time, image_2=224 for axis 2 of the input image; several are separated by commas "
                + "[default: all stay free]");
        var command = new Command("export", "Write a saved network as an ONNX file, for other programs.") { model, file, opset, fix };
        command.Add(new HelpOption { Action = new HelpWithExamples("""
            simpleflow export irises                    irises.onnx
            simpleflow export irises --out net.onnx     another name
            simpleflow export irises --opset 21         a newer version of the ops
            simpleflow export irises --fix batch=1      for programs that run one row at a time
            simpleflow export old.onnx --out new.onnx --opset 21   an ONNX file written anew
            """) });
        command.SetAction(parsed =>
        {
            var from = parsed.GetRequiredValue(model);
            var path = parsed.GetValue(file) ?? $"{Path.GetFileNameWithoutExtension(Path.TrimEndingDirectorySeparator(from))}.onnx";
            WritableFile.Check(path, "ONNX file");
            if (Path.GetFullPath(path) == Path.GetFullPath(from))
                throw new UsageException($"{from} would be written over itself: name another file with --out.");
            var options = new OnnxExportOptions();
            if (parsed.GetValue(opset) is { } version) options = options with { Opset = version };
            foreach (var (name, size) in Fixed(parsed.GetValue(fix) ?? [])) options.Sizes[name] = size;
            var export = Export(from, path, options);
            output.WriteLine($"model:   {Path.GetFullPath(path)}, op set {export.Opset}, {NumberText.Count(export.Nodes, "node")}");
            output.WriteLine($"inputs:  {string.Join(", ", export.Inputs)}");
            output.WriteLine($"outputs: {string.Join(", ", export.Outputs)}");
            foreach (var remark in export.Remarks) output.WriteLine(remark);
            return ExitCodes.Done;
        });
        return command;
    }

    private static IEnumerable<(string Name, int Size)> Fixed(IEnumerable<string> given)
    {
        foreach (var one in given.SelectMany(text => text.Split(',')))
        {
            var (equals, size) = (one.LastIndexOf('='), 0);
            if (equals < 1 || !int.TryParse(one.AsSpan(equals + 1), NumberStyles.None, CultureInfo.InvariantCulture, out size) || size < 1)
                throw new UsageException($"--fix is '{one}', and must be a size and what it is fixed at, such as batch=1.");
            yield return (one[..equals], size);
        }
    }

    private static OnnxExport Export(string from, string path, OnnxExportOptions options)
    {
        if (!NetworkFile.IsOnnx(from)) return Network.Load(from, threads: 1).ExportOnnx(path, options);
        if (OnnxNetwork.TryLoad(from, out var network, out _, threads: 1)) return network.ExportOnnx(path, options);
        var model = OnnxModel.Load(from);
        return new Model(losses: default, predictions: [.. model.Outputs.Select(output => output.Node)], threads: 1).ExportOnnx(path,
            options with
            {
                OutputNames = [.. model.Outputs.Select(output => output.Name)],
                Description = model.Description,
                Metadata = model.Metadata
            });
    }
}
