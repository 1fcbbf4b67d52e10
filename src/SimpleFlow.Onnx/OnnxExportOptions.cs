namespace SimpleFlow.Onnx;

/// <summary>How a graph is written as an ONNX file.</summary>
public sealed record OnnxExportOptions
{
    /// <summary>The version of the op set to write, from 17 to 24; by default 17, which programs have read since 2022. If a node needs a
    /// newer one, that one is written, and <see cref="OnnxExport.Remarks"/> says so.</summary>
    public int Opset { get; init; } = OldestOpset;

    /// <summary>The version of the file format; by default 8, which goes with op set 17. A newer op set takes the version that goes with
    /// it, unless this one is newer.</summary>
    public int IrVersion { get; init; } = 8;

    /// <summary>The names of the outputs, one for each; by default the names of their nodes, or <c>output</c>.</summary>
    public IReadOnlyList<string>? OutputNames { get; init; }

    /// <summary>
    /// Sizes that the file fixes, by the names that it would have for them: <c>batch</c> for the number of rows, and for another axis the
    /// input and the number of the axis, <c>image_2</c>. By default all stay free. A <see cref="CompositeOp"/> needs fixed sizes, and
    /// some programs run such files only.
    /// </summary>
    public IDictionary<string, int> Sizes { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>What the file says about the model.</summary>
    public string? Description { get; init; }

    /// <summary>What the file says besides, such as a version of the training data.</summary>
    public IReadOnlyDictionary<string, string>? Metadata { get; init; }

    internal const int OldestOpset = 17, NewestOpset = 24;

    /// <summary>The oldest version of the file format that goes with an op set, from ONNX's table of versions.</summary>
    internal static int IrVersionOf(int opset) => opset switch
    {
        <= 18 => 8,
        <= 20 => 9,
        <= 22 => 10,
        23 => 11,
        _ => 12,
    };

    internal void Check()
    {
        if (Opset is < OldestOpset or > NewestOpset)
            throw new OnnxException($"Op set {Opset} cannot be written: choose one from {OldestOpset} to {NewestOpset}.");
        if (IrVersion is < 8 or > 13)
            throw new OnnxException($"Version {IrVersion} of the file format cannot be written: choose one from 8 to 13.");
    }
}
