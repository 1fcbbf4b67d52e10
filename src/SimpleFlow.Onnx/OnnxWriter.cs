using SimpleFlow.Onnx.Export;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>Writes a node of an <see cref="IOnnxOp"/> as nodes of ONNX. Values are known by their names in the file: those of its inputs,
/// and those that its methods return.</summary>
public sealed class OnnxWriter
{
    private readonly ExportNode _node;

    internal OnnxWriter(ExportNode node) => _node = node;

    /// <summary>The node of the graph.</summary>
    public Operation Node => _node.Node;

    /// <summary>The version of the op set that is written.</summary>
    public int Opset => _node.Opset;

    /// <summary>The names of its inputs.</summary>
    public IReadOnlyList<string> Inputs => _node.Inputs;

    internal bool HasResult { get; private set; }

    /// <summary>Adds a node on the way to the result.</summary>
    /// <param name="op">The op: <c>Relu</c>, or with its op set before it if that is not the standard one, <c>com.example.Fold</c>.</param>
    /// <param name="inputs">The names of its inputs; "" for one that is left out.</param>
    /// <param name="attributes">Its settings.</param>
    /// <returns>The name of what it computes.</returns>
    /// <exception cref="OnnxException">An input is not the name of a value.</exception>
    public string Step(string op, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes) =>
        _node.Step(Checked(op), Checked(op, inputs), Protos(attributes));

    /// <summary>Adds the node that computes the result.</summary>
    /// <param name="op">The op: <c>Relu</c>, or with its op set before it if that is not the standard one, <c>com.example.Fold</c>.</param>
    /// <param name="inputs">The names of its inputs; "" for one that is left out.</param>
    /// <param name="attributes">Its settings.</param>
    /// <exception cref="OnnxException">An input is not the name of a value, or there is a result already.</exception>
    public void Result(string op, IReadOnlyList<string> inputs, params OnnxAttribute[] attributes)
    {
        if (HasResult) throw Fault("it writes a second result: only the last node is Result, those before it are Step.");
        _node.Result(Checked(op), Checked(op, inputs), Protos(attributes));
        HasResult = true;
    }

    /// <summary>A number, as an input of a node.</summary>
    public string Number(float number) => _node.Number(number);

    /// <summary>A whole number, as an input of a node.</summary>
    public string WholeNumber(long number) => _node.OneWhole(number);

    /// <summary>A list of whole numbers, such as axes or sizes, as an input of a node.</summary>
    public string WholeNumbers(params long[] numbers) => _node.Whole(numbers);

    internal OnnxException Fault(string what) => new($"`{Node.Label}` {Node.Shape}, {Node.Op.Name}.WriteOnnx: {what}");

    private static string Checked(string op)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(op);
        return op;
    }

    private string[] Checked(string op, IReadOnlyList<string> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        foreach (var input in inputs)
        {
            if (input is null || (input.Length > 0 && !_node.IsValue(input)))
                throw Fault($"{op} takes '{input}', which is no value: take names from Inputs, Step and the numbers.");
        }
        return [.. inputs];
    }

    private static AttributeProto[] Protos(OnnxAttribute[] attributes)
    {
        ArgumentNullException.ThrowIfNull(attributes);
        return Array.ConvertAll(attributes, attribute => attribute.Proto);
    }
}
