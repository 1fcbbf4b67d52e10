using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx;

/// <summary>What the file declares of a value.</summary>
internal static class DeclaredType
{
    /// <summary>The shape of a tensor, null for sizes that are free; null if even the number of axes is.</summary>
    /// <param name="type">What the file declares.</param>
    /// <param name="known">Free sizes that are fixed, by their names.</param>
    public static Shape? ShapeOf(TypeProto? type, IDictionary<string, int>? known = null)
    {
        if (type?.ValueCase != TypeProto.ValueOneofCase.TensorType || type.TensorType.Shape is not { } shape) return null;
        return Shape.Create([.. shape.Dim.Select(size =>
            size.ValueCase == TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue && size.DimValue >= 0 ? size.DimValue
                : known?.TryGetValue(size.DimParam, out var here) == true ? here : (long?)null)]);
    }

    /// <summary>Refuses to fix sizes that no input leaves free.</summary>
    /// <exception cref="OnnxException">There is no such size.</exception>
    public static void RequireFree(IEnumerable<ValueInfoProto> inputs, IEnumerable<string> names)
    {
        var free = inputs.SelectMany(input => input.Type?.TensorType?.Shape?.Dim.Select(size => size.DimParam) ?? [])
            .Where(name => name.Length > 0).Distinct(StringComparer.Ordinal).ToList();
        foreach (var name in names.Where(name => !free.Contains(name)))
            throw new OnnxException($"no input has a free size '{name}' to fix.{Similar.Question(name, free)} "
                + (free.Count == 0 ? "None has a name." : $"Free are: {string.Join(", ", free)}."));
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
