namespace SimpleFlow.Onnx;

/// <summary>How an ONNX file is read as a graph.</summary>
public sealed record OnnxImportOptions
{
    /// <summary>Values of inputs that are fixed for this model, such as axes or a number of repetitions: inputs that decide how many
    /// elements there are must be known when the file is read. They are fed no more.</summary>
    public IReadOnlyDictionary<string, DataArray> Values { get; init; } = new Dictionary<string, DataArray>(StringComparer.Ordinal);

    /// <summary>Free sizes that are fixed, by their names in the file: <c>["batch"] = 1</c>. By default all stay free. Some files need it,
    /// for example if a branch is chosen by a size.</summary>
    public IDictionary<string, int> Sizes { get; init; } = new Dictionary<string, int>(StringComparer.Ordinal);

    /// <summary>Nodes in place of inputs: the model continues a graph of your own, such as one that prepares pictures.</summary>
    public IReadOnlyDictionary<string, Node> Inputs { get; init; } = new Dictionary<string, Node>(StringComparer.Ordinal);

    /// <summary>What to compute: names of values of the file, or of the nodes that make them; by default the file's outputs. What none of
    /// them needs is not read and need not be supported, such as the choice of boxes behind the scores of a detector.</summary>
    public IReadOnlyList<string>? Outputs { get; init; }

    /// <summary>
    /// Code of yours that reads ops which SimpleFlow does not know, or reads known ones in another way, by their names:
    /// <c>Readers = new() { ["com.example.Softsign"] = node => [node.Input(0).Softsign()] }</c>. An op that is not of the standard op set
    /// has its op set before it.
    /// </summary>
    public Dictionary<string, Func<OnnxReader, IReadOnlyList<Node>>> Readers { get; init; } = new(StringComparer.Ordinal);
}
