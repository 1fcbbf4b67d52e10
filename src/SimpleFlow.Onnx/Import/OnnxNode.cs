using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>A node of the file as its converter sees it: its inputs as values, and its attributes.</summary>
internal sealed class OnnxNode
{
    public required NodeProto Proto { get; init; }

    /// <summary>The version of the op set that the node is written in.</summary>
    public required int Opset { get; init; }

    public required IReadOnlyList<OnnxValue?> Inputs { get; init; }

    /// <summary>What reads the graphs within the node, such as the branches of an If.</summary>
    public required GraphImport Graph { get; init; }

    /// <summary>Attributes of the function that the node is in, which it may refer to.</summary>
    public IReadOnlyDictionary<string, AttributeProto>? Outer { get; init; }

    public string Op => Proto.OpType;

    /// <summary>As messages name it.</summary>
    public string Label => LabelOf(Proto);

    public static string LabelOf(NodeProto proto) => proto.Name.Length > 0 ? $"'{proto.Name}' ({proto.OpType})"
        : $"{proto.OpType} that makes '{proto.Output.FirstOrDefault(name => name.Length > 0)}'";

    /// <summary>Whether an error says that a node has not what its op must have. A file can leave out and mix up anything, and every rule
    /// of every op checked beforehand would be the op written twice.</summary>
    public static bool IsOfContradiction(Exception exception) => exception is ArgumentException or IndexOutOfRangeException
        or InvalidOperationException or OverflowException or DivideByZeroException or NullReferenceException or InvalidCastException
        or FormatException or KeyNotFoundException;

    public static OnnxException Contradiction(NodeProto proto, Exception exception) => new(
        $"{LabelOf(proto)}: its inputs and attributes do not fit each other or the op, or some are missing ({exception.Message})",
        exception);

    public OnnxNode With(IReadOnlyList<OnnxValue?> inputs) => With(inputs, Graph);

    public OnnxNode With(IReadOnlyList<OnnxValue?> inputs, GraphImport graph) =>
        new() { Proto = Proto, Opset = Opset, Inputs = inputs, Graph = graph, Outer = Outer };

    /// <summary>The same node to see what it makes; nothing of it stays.</summary>
    public OnnxNode Tried() => With(Inputs, Graph.Again(Graph.SurroundingsOf(Proto), Graph.Model.Effort));

    // Inputs.

    public int InputCount => Inputs.Count;

    public bool Has(int input) => input < Inputs.Count && Inputs[input] is not null;

    public OnnxValue Input(int input) => Has(input) ? Inputs[input]! : throw Fault($"input {input} is missing.");

    public OnnxValue? Optional(int input) => Has(input) ? Inputs[input] : null;

    /// <summary>An input as floats.</summary>
    public Node Float(int input) => Input(input).Float;

    public DataType Type(int input) => Input(input).Type;

    /// <summary>The numbers of an input that must be known: a shape, axes, a limit.</summary>
    public double[] Numbers(int input)
    {
        var value = Input(input);
        return value.Static?.Numbers ?? throw FromData(input);
    }

    /// <summary>The error about an input that must be known when the file is read, and is computed from what is fed.</summary>
    /// <param name="input">The input.</param>
    /// <param name="decides">What it decides.</param>
    /// <param name="instead">What to do; by default what helps with every op.</param>
    public OnnxException FromData(int input, string decides = "how many elements there are", string? instead = null)
    {
        var from = Fed(Input(input).Node);
        return new OnnxException($"{Label}: input {input} decides {decides}, and it is computed from data: "
            + $"{string.Join(", ", from.Select(name => $"'{name}'"))}. "
            + (instead ?? "Give a value for it when the file is read (OnnxImportOptions.Values), or read the file up to a value before it "
                + "(OnnxImportOptions.Outputs)."))
        { NeededInputs = from };
    }

    private static List<string> Fed(Node node)
    {
        var (left, seen, names) = (new Stack<Node>([node]), new HashSet<Node>(), new List<string>());
        while (left.TryPop(out var next))
        {
            if (!seen.Add(next)) continue;
            if (next is Placeholder placeholder) names.Add(placeholder.Name!);
            foreach (var input in next.Inputs) left.Push(input);
        }
        return names;
    }

    public long[] Longs(int input) => Array.ConvertAll(Numbers(input), number => (long)number);

    public double Number(int input) => Numbers(input) is [var one] ? one : throw Fault($"input {input} must be one number.");

    public double Number(int input, double otherwise) => Has(input) ? Number(input) : otherwise;

    // Outputs.

    public int OutputCount => Proto.Output.Count;

    public bool HasOutput(int output) => output < Proto.Output.Count && Proto.Output[output].Length > 0;

    // Attributes.

    private AttributeProto? Attribute(string name)
    {
        foreach (var attribute in Proto.Attribute)
        {
            if (!string.Equals(attribute.Name, name, StringComparison.Ordinal)) continue;
            return attribute.RefAttrName.Length == 0 ? attribute : Outer?.GetValueOrDefault(attribute.RefAttrName);
        }
        return null;
    }

    public bool HasAttribute(string name) => Attribute(name) is not null;

    public long Int(string name, long otherwise) => Attribute(name)?.I ?? otherwise;

    public bool Flag(string name, bool otherwise = false) => Int(name, otherwise ? 1 : 0) != 0;

    public float Float(string name, float otherwise) => Attribute(name)?.F ?? otherwise;

    public string Text(string name, string otherwise) => Attribute(name)?.S.ToStringUtf8() ?? otherwise;

    public int[]? Ints(string name) => Attribute(name) is { } found ? [.. found.Ints.Select(number => Whole(number, name))] : null;

    public long[]? LongsOf(string name) => Attribute(name) is { } found ? [.. found.Ints] : null;

    public float[]? Floats(string name) => Attribute(name) is { } found ? [.. found.Floats] : null;

    public string[]? Texts(string name) => Attribute(name) is { } found ? [.. found.Strings.Select(text => text.ToStringUtf8())] : null;

    public TensorProto? Tensor(string name) => Attribute(name)?.T;

    public GraphProto? SubGraph(string name) => Attribute(name)?.G;

    private int Whole(long number, string name) => number is >= int.MinValue and <= int.MaxValue ? (int)number
        : throw Fault($"the attribute {name} has the number {number}.");

    // Axes.

    public int Axis(long axis, int rank) => axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis)
        : throw Fault($"there is no axis {axis}: the input has {rank} axes.");

    /// <summary>Axes that are an attribute up to some version and an input later; null if there are none.</summary>
    public int[]? Axes(int rank, int input, int inputSince)
    {
        var axes = Opset < inputSince ? LongsOf("axes") : Has(input) ? Longs(input) : null;
        return axes is null ? null : Array.ConvertAll(axes, axis => Axis(axis, rank));
    }

    // Results.

    public OnnxException Fault(string what) => new($"{Label}: {what}");

    /// <summary>One result of the type of the first input.</summary>
    public OnnxValue[] Result(Node node) => [OnnxValue.Of(node, Type(0))];

    public OnnxValue[] Result(Node node, DataType type) => [OnnxValue.Of(node, type)];
}
