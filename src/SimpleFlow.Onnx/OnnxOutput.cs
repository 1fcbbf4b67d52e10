using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>A result of a model.</summary>
public sealed class OnnxOutput
{
    private OnnxOutput(string name, Node node, string type) => (Name, Node, Type) = (name, node, type);

    /// <summary>Its name in the file.</summary>
    public string Name { get; }

    /// <summary>The node that computes it. Whole numbers may be computed as floats.</summary>
    public Node Node { get; }

    /// <summary>The element type that the file declares, as ONNX writes it: <c>float</c>, <c>int64</c>, <c>bool</c>.</summary>
    public string Type { get; }

    internal OnnxOutput With(Node node) => new(Name, node, Type);

    internal static OnnxOutput Of(ValueInfoProto declared, OnnxValue value)
    {
        if (value.Sequence is not null || value.IsNothing)
            throw new OnnxException($"the output '{declared.Name}' is {DeclaredType.Text(declared.Type)}; tensors are supported.");
        var type = DeclaredType.ElementOf(declared.Type);
        return new OnnxOutput(declared.Name, value.Node, DataTypes.Name(type == DataType.Undefined ? value.Type : type));
    }
}
