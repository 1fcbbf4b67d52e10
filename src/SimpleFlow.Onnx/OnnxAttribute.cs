using SimpleFlow.Onnx.Export;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>A setting of an ONNX node, such as <c>new("axis", -1)</c>.</summary>
public sealed class OnnxAttribute
{
    /// <summary>A whole number, or a truth value as 0 or 1.</summary>
    public OnnxAttribute(string name, long value) => Proto = With.Int(Named(name), value);

    /// <summary>A number.</summary>
    public OnnxAttribute(string name, float value) => Proto = With.Float(Named(name), value);

    /// <summary>A text.</summary>
    public OnnxAttribute(string name, string value) => Proto = With.Text(Named(name), value);

    /// <summary>A list of whole numbers.</summary>
    public OnnxAttribute(string name, IReadOnlyList<long> values) => Proto = With.Ints(Named(name), values);

    /// <summary>A list of numbers.</summary>
    public OnnxAttribute(string name, IReadOnlyList<float> values) => Proto = With.Floats(Named(name), values);

    internal AttributeProto Proto { get; }

    private static string Named(string name)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        return name;
    }
}
