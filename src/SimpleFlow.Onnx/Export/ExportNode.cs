using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Export;

/// <summary>A node, or several that are one in ONNX, as what writes it sees it: the names of its inputs in the file, and how to add ONNX
/// nodes.</summary>
internal sealed class ExportNode(GraphExport graph, Operation node, IReadOnlyList<Node> inputs, string output)
{
    public Operation Node => node;

    public Op Op => node.Op;

    public int Opset => graph.Opset;

    /// <summary>The names of its inputs.</summary>
    public string[] Inputs => [.. inputs.Select(graph.NameOf)];

    public string Input(int input) => graph.NameOf(inputs[input]);

    public Node InputNode(int input) => inputs[input];

    public Shape ShapeOf(int input) => inputs[input].Shape;

    /// <summary>Whether a name is that of a value in the file.</summary>
    public bool IsValue(string name) => graph.Names.Has(name);

    /// <summary>A variable or constant, stored with other sizes than its own.</summary>
    public string Stored(int input, params long[] sizes) => graph.Stored(inputs[input], sizes);

    /// <summary>An axis counted from 0.</summary>
    public static int FromZero(int axis, int rank) => axis < 0 ? axis + rank : axis;

    /// <summary>Adds the ONNX node that computes the result.</summary>
    public void Result(string type, string[] from, params AttributeProto[] attributes) =>
        graph.Add(type, from, output, node, attributes);

    /// <summary>Adds an ONNX node on the way to the result, and returns the name of what it computes.</summary>
    public string Step(string type, string[] from, params AttributeProto[] attributes) => StepAt(0, type, from, attributes);

    /// <summary>The same, of which a later result is wanted.</summary>
    public string StepAt(int result, string type, string[] from, params AttributeProto[] attributes)
    {
        var name = graph.Names.Of($"{output}/{type}");
        graph.Add(type, from, name, node, attributes, result);
        return name;
    }

    /// <summary>Whole numbers that an op takes as an input: axes, sizes, places.</summary>
    public string Whole(params long[] numbers) => graph.Whole(numbers, [numbers.Length]);

    /// <summary>One whole number.</summary>
    public string OneWhole(long number) => graph.Whole([number], []);

    /// <summary>One number.</summary>
    public string Number(float number) => graph.Number(number);

    public string Cast(string from, DataType to) => Step("Cast", [from], With.Int("to", (long)to));
}
