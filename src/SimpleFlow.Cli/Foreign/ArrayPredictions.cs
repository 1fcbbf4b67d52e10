using System.Globalization;
using SimpleFlow.Cli.Reports;
using SimpleFlow.Onnx;

namespace SimpleFlow.Cli.Foreign;

/// <summary>What an ONNX file gives for arrays, as they are: for networks that take neither pictures nor tables, and for
/// programs.</summary>
internal sealed class ArrayPredictions
{
    private readonly IReadOnlyList<(string Name, DataArray Array)> _outputs;

    private ArrayPredictions(IReadOnlyList<(string, DataArray)> outputs) => _outputs = outputs;

    /// <summary>Computes the outputs.</summary>
    /// <param name="path">The ONNX file.</param>
    /// <param name="data">The arrays of its inputs.</param>
    /// <param name="output">The only output or value within the file that is wanted; null: all outputs.</param>
    /// <param name="threads">On how many threads.</param>
    /// <exception cref="SimpleFlowException">A file cannot be read, an input has no array, or an array another shape.</exception>
    public static ArrayPredictions Of(string path, string data, string? output, int? threads)
    {
        var arrays = ArrayFile.Read(data);
        var model = OnnxModel.Load(path, new OnnxImportOptions { Outputs = output is null ? null : [output] });
        var feed = new Feed();
        foreach (var input in model.Inputs) feed[input] = ArrayOf(input, model, arrays, data);
        var results = new Model(losses: default, [.. model.Outputs.Select(one => one.Node)], threads: threads).PredictAll(feed);
        return new ArrayPredictions([.. model.Outputs.Zip(results, (one, result) => (one.Name, (DataArray)result))]);
    }

    private static DataArray ArrayOf(Placeholder input, OnnxModel model, IReadOnlyDictionary<string, DataArray> arrays, string data)
    {
        if (model.Inputs.Count == 1 && arrays.Count == 1) return arrays.Values.First();
        return arrays.TryGetValue(input.Name!, out var array) ? array : throw new DataException(
            $"{data} has no array '{input.Name}'. The network takes "
                + $"{string.Join(", ", model.Inputs.Select(one => $"'{one.Name}' {one.Shape}"))}"
                + $", and the file has {(arrays.ContainsKey("") ? "one array without a name" : string.Join(", ", arrays.Keys))}.");
    }

    /// <summary>Writes the outputs as arrays.</summary>
    public void WriteArrays(string path) =>
        ArrayFile.Write(path, _outputs.ToDictionary(one => one.Name, one => one.Array, StringComparer.Ordinal));

    /// <summary>Writes a row for each example, with a column for each number.</summary>
    /// <exception cref="UsageException">An output has no row for each example, or more than two axes.</exception>
    public int WriteRows(TextWriter? csv, TextWriter? json)
    {
        var rows = _outputs[0].Array.Rows;
        foreach (var (name, array) in _outputs)
        {
            if (array.Dimensions.Length is not (1 or 2) || array.Rows != rows)
                throw new UsageException(
                    $"The output '{name}' is [{string.Join(", ", array.Dimensions.ToArray())}], which is no row of numbers "
                    + "for each example: write it as an array, --out FILE.npy, or all outputs, --out FILE.npz.");
        }
        var numbers = _outputs.Select(one => Numbers(one.Array)).ToList();
        if (csv is not null)
        {
            csv.WriteLine(string.Join(',', _outputs.SelectMany(one => one.Array.Dimensions.Length == 1 ? [one.Name]
                : Enumerable.Range(0, (int)one.Array.Dimensions[1]).Select(i => $"{one.Name}[{i}]"))));
        }
        for (var row = 0; row < rows; row++)
        {
            csv?.WriteLine(string.Join(',', numbers.SelectMany(one => RowOf(one, row, rows)
                .Select(number => number.ToString(CultureInfo.InvariantCulture)))));
            if (json is not null) WriteJson(json, row, rows, numbers);
        }
        csv?.Flush();
        return rows;
    }

    private void WriteJson(TextWriter json, int row, int rows, List<float[]> numbers) => JsonLine.Write(json, line =>
    {
        line.WriteString("event", "prediction");
        line.WriteNumber("row", row + 1);
        line.WriteStartObject("outputs");
        foreach (var ((name, _), all) in _outputs.Zip(numbers))
        {
            line.WriteStartArray(name);
            foreach (var number in RowOf(all, row, rows))
            {
                if (float.IsFinite(number)) line.WriteNumberValue(number);
                else line.WriteStringValue(number.ToString(CultureInfo.InvariantCulture));
            }
            line.WriteEndArray();
        }
        line.WriteEndObject();
    });

    private static ArraySegment<float> RowOf(float[] all, int row, int rows) => new(all, row * (all.Length / rows), all.Length / rows);

    private static float[] Numbers(DataArray array)
    {
        var numbers = new float[array.Count];
        array.CopyTo(numbers);
        return numbers;
    }
}
