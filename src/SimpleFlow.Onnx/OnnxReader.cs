namespace SimpleFlow.Onnx;

/// <summary>A node of an ONNX file that code of yours reads: its inputs as nodes of the graph, and its attributes.</summary>
public sealed class OnnxReader
{
    private readonly OnnxNode _node;

    private OnnxReader(OnnxNode node) => _node = node;

    /// <summary>The node's name in the file, or the name of its first result.</summary>
    public string Name => _node.Proto.Name.Length > 0 ? _node.Proto.Name : _node.Proto.Output.FirstOrDefault() ?? "";

    /// <summary>The version of the op set that it is written in.</summary>
    public int Opset => _node.Opset;

    /// <summary>How many inputs it lists; those in the middle may be left out.</summary>
    public int InputCount => _node.InputCount;

    /// <summary>How many results it has: the reader returns a node for each.</summary>
    public int OutputCount => _node.OutputCount;

    /// <summary>Whether an input is there.</summary>
    public bool Has(int input) => input >= 0 && _node.Has(input);

    /// <summary>An input. Its sizes may be free.</summary>
    /// <exception cref="OnnxException">It is not there.</exception>
    public Node Input(int input) => _node.Input(input).Node;

    /// <summary>The numbers of an input that the file fixes, such as axes, in row-major order.</summary>
    /// <exception cref="OnnxException">It is not there, or computed from data.</exception>
    public IReadOnlyList<double> Numbers(int input) => _node.Numbers(input);

    /// <summary>An attribute that is a whole number.</summary>
    public long Int(string name, long otherwise = 0) => _node.Int(name, otherwise);

    /// <summary>An attribute that is a number.</summary>
    public float Float(string name, float otherwise = 0) => _node.Float(name, otherwise);

    /// <summary>An attribute that is a text.</summary>
    public string Text(string name, string otherwise = "") => _node.Text(name, otherwise);

    /// <summary>An attribute that is a list of whole numbers; null if it is not there.</summary>
    public IReadOnlyList<long>? Ints(string name) => _node.LongsOf(name);

    /// <summary>An attribute that is a list of numbers; null if it is not there.</summary>
    public IReadOnlyList<float>? Floats(string name) => _node.Floats(name);

    internal static OnnxValue[] Run(Func<OnnxReader, IReadOnlyList<Node>> read, OnnxNode node)
    {
        var results = read(new OnnxReader(node));
        if (results is null || results.Count < node.OutputCount || results.Any(result => result is null))
            throw node.Fault(
                $"its reader returns {results?.Count ?? 0} nodes, and it has {node.OutputCount} results: return one for each.");
        return [.. results.Select(result => OnnxValue.Of(result, result.ElementType switch
        {
            ElementType.Int32 => DataType.Int32,
            ElementType.Bool => DataType.Bool,
            _ => DataType.Float,
        }))];
    }
}
