using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>What the file declares of a value.</summary>
internal static class DeclaredType
{
    /// <summary>The shape of a tensor, null for sizes that are free; null if even the number of axes is.</summary>
    public static Shape? ShapeOf(TypeProto? type)
    {
        if (type?.ValueCase != TypeProto.ValueOneofCase.TensorType || type.TensorType.Shape is not { } shape) return null;
        return Shape.Create([.. shape.Dim.Select(size => size.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue
            && size.DimValue >= 0 ? size.DimValue : (long?)null)]);
    }

    public static DataType ElementOf(TypeProto? type) =>
        type?.ValueCase == TypeProto.ValueOneofCase.TensorType ? (DataType)type.TensorType.ElemType : DataType.Undefined;

    /// <summary>As a message names it.</summary>
    public static string Text(TypeProto? type) => type?.ValueCase switch
    {
        TypeProto.ValueOneofCase.TensorType => $"a tensor of {DataTypes.Name(ElementOf(type))}",
        TypeProto.ValueOneofCase.SequenceType => "a sequence",
        TypeProto.ValueOneofCase.MapType => "a map",
        TypeProto.ValueOneofCase.SparseTensorType => "a sparse tensor",
        TypeProto.ValueOneofCase.OptionalType => "an optional value",
        _ => "of no type",
    };
}
