using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>An input or output of an ONNX file.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Type">Its element type as ONNX writes it, such as <c>float</c> or <c>int64</c>; for what is not a tensor, what it
/// is.</param>
/// <param name="Sizes">A number for each axis, or the name of a free size, <c>?</c> if it has none; null if the file does not declare the
/// axes.</param>
public sealed record OnnxPort(string Name, string Type, IReadOnlyList<string>? Sizes)
{
    /// <summary>As in <c>image float [batch, 3, 224, 224]</c>.</summary>
    public override string ToString() => $"{Name} {Type} {(Sizes is null ? "[…]" : $"[{string.Join(", ", Sizes)}]")}";
}

/// <summary>How often an op occurs in an ONNX file.</summary>
/// <param name="Name">The op; one that is not of the standard op set has its op set before it.</param>
/// <param name="Nodes">The names of its nodes; of a node without a name, its first output.</param>
public sealed record OnnxOp(string Name, IReadOnlyList<string> Nodes);

/// <summary>
/// What an ONNX file holds, read without building its graph: also of files whose ops SimpleFlow does not support.
/// </summary>
public sealed class OnnxContents
{
    private OnnxContents(ModelProto model)
    {
        IrVersion = model.IrVersion;
        Producer = $"{model.ProducerName} {model.ProducerVersion}".Trim();
        Description = model.DocString;
        Opsets = ModelContext.OpsetsOf(model.OpsetImport);
        Metadata = model.MetadataProps.GroupBy(entry => entry.Key, StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Last().Value, StringComparer.Ordinal);
        var weights = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        Inputs = [.. model.Graph.Input.Where(input => !weights.Contains(input.Name)).Select(Port)];
        Outputs = [.. model.Graph.Output.Select(Port)];
        Ops = [.. OpCounts.Of(model).OrderByDescending(op => op.Nodes.Count).ThenBy(op => op.Name, StringComparer.Ordinal)];
        Unsupported = Support.Missing(model);
        Values = [.. model.Graph.Node.SelectMany(node => node.Output).Where(name => name.Length > 0)];
        TensorProto[] stored = [.. model.Graph.Initializer, .. Weights.InNodes(model.Graph).Select(node => Weights.InNode(node)!)];
        Elements = stored.GroupBy(tensor => DataTypes.Name((DataType)tensor.DataType), StringComparer.Ordinal)
            .ToDictionary(group => group.Key, group => group.Sum(Count), StringComparer.Ordinal);
        Parameters = stored.Where(tensor => DataTypes.IsFloat((DataType)tensor.DataType)).Sum(Count);
        Converted = [.. Elements.Keys.Concat(Inputs.Concat(Outputs).Select(port => port.Type)).Distinct(StringComparer.Ordinal)
            .Where(type => Enum.TryParse<DataType>(type, ignoreCase: true, out var known) && DataTypes.IsNumeric(known)
                && known is not (DataType.Float or DataType.Int32 or DataType.Bool)).Order(StringComparer.Ordinal)];
    }

    /// <summary>The version of the file format.</summary>
    public long IrVersion { get; }

    /// <summary>The program that wrote the file, and its version.</summary>
    public string Producer { get; }

    /// <summary>What the file says about the model.</summary>
    public string Description { get; }

    /// <summary>The op sets that the file uses and their versions; "" is the standard one.</summary>
    public IReadOnlyDictionary<string, int> Opsets { get; }

    /// <summary>What the file knows besides, such as the names of classes.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>The inputs that must be fed, in the order of the file.</summary>
    public IReadOnlyList<OnnxPort> Inputs { get; }

    /// <summary>What it computes, in the order of the file.</summary>
    public IReadOnlyList<OnnxPort> Outputs { get; }

    /// <summary>All ops, those in branches, loops and functions included; the most frequent first.</summary>
    public IReadOnlyList<OnnxOp> Ops { get; }

    /// <summary>The ops because of which <see cref="OnnxModel"/> would refuse the file; empty if it reads all.</summary>
    public IReadOnlyList<OnnxOp> Unsupported { get; }

    /// <summary>The names of the values that its nodes make, in the order of the file: what it can be read up to.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>How many numbers the stored tensors of each element type have.</summary>
    public IReadOnlyDictionary<string, long> Elements { get; }

    /// <summary>How many floating-point numbers are stored: weights and statistics.</summary>
    public long Parameters { get; }

    /// <summary>The element types that become float32 or int32 when the file is read.</summary>
    public IReadOnlyList<string> Converted { get; }

    /// <summary>Looks into a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="OnnxException">The file is missing, damaged, or no ONNX model.</exception>
    public static OnnxContents Of(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var model = ModelFile.Read(path);
        if (model.Graph is null)
            throw new OnnxException($"{Path.GetFileName(path)}: the file has no graph: it is no ONNX model, or was cut off.");
        try
        {
            return new OnnxContents(model);
        }
        catch (OnnxException exception)
        {
            throw new OnnxException($"{Path.GetFileName(path)}: {exception.Message}", exception);
        }
    }

    // Sizes are what the file says: their product may be beyond any number.
    private static long Count(TensorProto tensor) =>
        tensor.Dims.Aggregate(1L, (product, size) => (long)Math.Min(long.MaxValue / 2.0, Math.Max(0, (double)product * size)));

    private static OnnxPort Port(ValueInfoProto value)
    {
        var isTensor = value.Type?.ValueCase == TypeProto.ValueOneofCase.TensorType;
        return new OnnxPort(value.Name, isTensor ? DataTypes.Name(DeclaredType.ElementOf(value.Type)) : DeclaredType.Text(value.Type),
            isTensor ? value.Type!.TensorType.Shape?.Dim.Select(Size).ToArray() : null);
    }

    private static string Size(TensorShapeProto.Types.Dimension size) => size.ValueCase switch
    {
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue when size.DimValue >= 0 => $"{size.DimValue}",
        TensorShapeProto.Types.Dimension.ValueOneofCase.DimParam when size.DimParam.Length > 0 => size.DimParam,
        _ => "?",
    };
}
