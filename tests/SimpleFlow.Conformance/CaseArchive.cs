using System.IO.Compression;
using Google.Protobuf;
using SimpleFlow.Onnx;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Conformance;

/// <summary>
/// A zip of ONNX's test cases, read where it lies: <c>FOLDER/CASE/model.onnx</c> with <c>test_data_set_0/input_K.pb</c> and
/// <c>output_K.pb</c>, and whole networks as <c>light/NAME.onnx</c> with <c>NAME_output_0.pb</c>, whose one input is i / n.
/// </summary>
public sealed class CaseArchive : IDisposable
{
    private readonly ZipArchive _zip;
    private readonly Dictionary<string, ZipArchiveEntry> _entries;

    private CaseArchive(ZipArchive zip)
    {
        _zip = zip;
        _entries = zip.Entries.ToDictionary(entry => entry.FullName, StringComparer.Ordinal);
        Names =
            [
            .. _entries.Keys.Where(name => name.EndsWith(".onnx", StringComparison.Ordinal))
                .Select(name => name[..^(name.EndsWith("/model.onnx", StringComparison.Ordinal) ? "/model.onnx" : ".onnx").Length])
                .Order(StringComparer.Ordinal),
            ];
    }

    /// <summary>The cases, each with its folder: <c>node/test_abs</c>.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens a zip.</summary>
    public static CaseArchive Open(string path) => new(ZipFile.OpenRead(path));

    /// <inheritdoc/>
    public void Dispose() => _zip.Dispose();

    /// <summary>Reads the model of a case, runs it, and compares what it says.</summary>
    public Outcome Run(string name)
    {
        try
        {
            return _entries.ContainsKey($"{name}.onnx") ? RunNetwork(name) : RunCase(name);
        }
        catch (OnnxException exception)
        {
            return Outcome.Unsupported(exception.Message);
        }
        catch (Exception exception) when (exception is not OutOfMemoryException)
        {
            return Outcome.Fail($"{exception.GetType().Name}: {exception.Message}");
        }
    }

    private Outcome RunCase(string name)
    {
        var bytes = Entry($"{name}/model.onnx");
        var names = ModelProto.Parser.ParseFrom(bytes.ToArray()).Graph.Input.Select(input => input.Name).ToList();
        var model = Load(bytes, input => CaseData.ArrayOf(Input(name, names.IndexOf(input))));
        var feed = new Feed();
        foreach (var input in model.Inputs) feed[input] = CaseData.ArrayOf(Input(name, names.IndexOf(input.Name!)));
        var expected = Enumerable.Range(0, model.Outputs.Count)
            .Select(i => TensorData.Of(Parsed($"{name}/test_data_set_0/output_{i}.pb"), null)).ToList();
        return CaseData.Compare(model, feed, expected, relative: 1e-3);
    }

    private TensorData Input(string name, int index) => TensorData.Of(Parsed($"{name}/test_data_set_0/input_{index}.pb"), null);

    // A case may feed what a model must know when it is read, such as axes; the error says which inputs these are.
    private static OnnxModel Load(MemoryStream bytes, Func<string, DataArray> valueOf)
    {
        var values = new Dictionary<string, DataArray>(StringComparer.Ordinal);
        while (true)
        {
            bytes.Position = 0;
            try
            {
                return OnnxModel.Load(bytes, "model.onnx", new OnnxImportOptions { Values = values });
            }
            catch (OnnxException exception) when (exception.NeededInputs.Any(input => !values.ContainsKey(input)))
            {
                foreach (var input in exception.NeededInputs) values[input] = valueOf(input);
            }
        }
    }

    private Outcome RunNetwork(string name)
    {
        var model = OnnxModel.Load(Entry($"{name}.onnx"));
        var input = model.Inputs[0];
        long[] sizes = [.. input.Shape.Select(size => size ?? 1)];
        var count = sizes.Aggregate(1L, (product, size) => product * size);
        float[] x = [.. Enumerable.Range(0, (int)count).Select(i => i / (float)count)];
        var feed = new Feed { [input] = DataArray.From(x).Reshape(sizes) };
        var expected = TensorData.Of(Parsed($"{name}_output_0.pb"), null);
        return CaseData.Compare(model, feed, [expected], name.Contains("densenet121", StringComparison.Ordinal) ? 2e-3 : 1e-3);
    }

    private TensorProto Parsed(string name) => TensorProto.Parser.ParseFrom(ByteString.FromStream(Entry(name)));

    private MemoryStream Entry(string name)
    {
        if (!_entries.TryGetValue(name, out var entry)) throw new FileNotFoundException($"The zip has no {name}.");
        using var stream = entry.Open();
        var memory = new MemoryStream();
        stream.CopyTo(memory);
        memory.Position = 0;
        return memory;
    }
}
