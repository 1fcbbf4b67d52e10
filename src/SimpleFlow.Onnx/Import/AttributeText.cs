using System.Globalization;
using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>An attribute of the file as text, to tell ops apart.</summary>
internal static class AttributeText
{
    public static string Of(AttributeProto attribute) => attribute.Type switch
    {
        AttributeProto.Types.AttributeType.Int => attribute.I.ToString(CultureInfo.InvariantCulture),
        AttributeProto.Types.AttributeType.Float => attribute.F.ToString(CultureInfo.InvariantCulture),
        AttributeProto.Types.AttributeType.String => attribute.S.ToStringUtf8(),
        AttributeProto.Types.AttributeType.Ints => $"[{string.Join(", ", attribute.Ints)}]",
        AttributeProto.Types.AttributeType.Floats =>
            $"[{string.Join(", ", attribute.Floats.Select(number => number.ToString(CultureInfo.InvariantCulture)))}]",
        _ => attribute.Type.ToString().ToLowerInvariant(),
    };
}
