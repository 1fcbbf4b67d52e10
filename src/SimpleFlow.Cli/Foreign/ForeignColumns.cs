using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Foreign;

/// <summary>The columns of a table for an ONNX file: one input with a number for each column, or an input for each.</summary>
internal static class ForeignColumns
{
    public static ForeignInput Of(string path, OnnxContents contents, string data, ForeignChoices choices, CsvOptions reading)
    {
        var ports = contents.Inputs;
        if (ports.Count == 0 || ports.Any(port => !IsColumns(port)))
            throw new DataException($"{path} takes {string.Join(", ", ports)}: neither pictures nor rows of a table. Give its inputs as "
                + "arrays: a .npy file, or for several inputs a .npz or .safetensors file with their names.");
        var isByName = ports.Count > 1;
        if (isByName && choices.Columns.Count > 0)
            throw new UsageException(
                $"--columns is for a file with one input; {path} has {ports.Count}, and takes columns of their names.");
        if (isByName && ports.FirstOrDefault(port => Width(port) != 1) is { } wide)
            throw new DataException(
                $"{path}: its input '{wide.Name}' takes several numbers for each row, beside other inputs. Give them as "
                + "arrays: a .npz or .safetensors file with their names.");
        var names = isByName ? [.. ports.Select(port => port.Name)] : Columns(path, ports[0], data, choices, reading);
        var batch = ForeignNetwork.Fixed(ports[0], 0);
        return new ForeignInput(new TableInput([.. names.Select(name => new NumberColumn(name, 0, 1, MayBeMissing: false))]),
            choices.Target ?? Target(names, data, reading) ?? contents.Outputs[0].Name, batch, rows =>
            {
                if (!isByName) return new(StringComparer.Ordinal) { [ports[0].Name] = Shaped(rows, ports[0], batch) };
                return ports.Index().ToDictionary(one => one.Item.Name,
                    one => Shaped(rows.Slice(1, one.Index, one.Index + 1), one.Item, batch), StringComparer.Ordinal);
            });
    }

    private static bool IsColumns(OnnxPort port) => port.Sizes is { Count: 1 or 2 } && (port.Sizes.Count == 1 || Width(port) is not null)
        && port.Type is not ("string" or "bool");

    private static int? Width(OnnxPort port) => port.Sizes!.Count == 1 ? 1 : ForeignNetwork.Fixed(port, 1);

    private static Node Shaped(Node rows, OnnxPort port, int? batch) => port.Sizes!.Count == 1 ? rows.Reshape([batch])
        : batch is null ? rows : rows.Reshape([batch, rows.Shape[1]]);

    private static IReadOnlyList<string> Columns(string path, OnnxPort port, string data, ForeignChoices choices, CsvOptions reading)
    {
        var width = Width(port)!.Value;
        var names = choices.Columns.Count > 0 ? choices.Columns
            : [.. CsvTable.Read(data, reading).Columns.Where(name => name != choices.Target)];
        // What is left over may be what is predicted, if it is the last.
        if (choices is { Columns.Count: 0, Target: null } && names.Count == width + 1) names = [.. names.Take(width)];
        return names.Count == width ? names : throw new DataException(
            $"{path} takes {NumberText.Count(width, "number")} for each row ({port}), and "
                + $"{(choices.Columns.Count > 0 ? "--columns" : data)} "
                + $"has {NumberText.Count(names.Count, "column")}. Name the columns in the order of the input: --columns A,B,…");
    }

    private static string? Target(IReadOnlyList<string> inputs, string data, CsvOptions reading)
    {
        if (!File.Exists(data)) return null;
        return CsvTable.Read(data, reading).Columns.Except(inputs, StringComparer.Ordinal).ToList() is [var only] ? only : null;
    }
}
