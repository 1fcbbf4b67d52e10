using SimpleFlow.Onnx.Schema;

namespace SimpleFlow.Onnx.Bodies;

/// <summary>The input of a file that takes pictures, with its channels before or behind the pixels.</summary>
internal static class PictureInput
{
    /// <summary>The input and the axis of its channels, 1 or 3.</summary>
    /// <exception cref="OnnxException">The file does not take pictures.</exception>
    public static (ValueInfoProto Input, int Channels) Of(ModelProto model)
    {
        var weights = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        ValueInfoProto[] inputs = [.. model.Graph.Input.Where(input => !weights.Contains(input.Name))];
        if (inputs is [var only] && DeclaredType.ShapeOf(only.Type) is { Rank: 4 } shape
            && DataTypes.IsFloat(DeclaredType.ElementOf(only.Type)))
        {
            if (shape[1] is 1 or 3) return (only, 1);
            if (shape[3] is 1 or 3) return (only, 3);
        }
        throw new OnnxException("the file takes no pictures: a body has one input of floats, [batch, channels, rows, columns] or "
            + $"[batch, rows, columns, channels], with 1 or 3 channels. It has {Text(inputs)}.");
    }

    /// <summary>Pictures as the input wants them. Any number of them: a file that fixes one at a time is freed from that.</summary>
    /// <exception cref="OnnxException">They have other channels or another size.</exception>
    public static Node Fitting(ValueInfoProto input, int channels, Node pictures)
    {
        var x = channels == 1 ? pictures : pictures.Transpose([0, 2, 3, 1]);
        var shape = DeclaredType.ShapeOf(input.Type)!;
        for (var axis = 1; axis < 4; axis++)
        {
            if (shape[axis] is { } declared && x.Shape[axis] is { } size && declared != size)
                throw new OnnxException($"the body takes pictures of {shape}, and gets {x.Shape}.");
        }
        return x;
    }

    private static string Text(ValueInfoProto[] inputs) => inputs.Length == 0 ? "none" : string.Join(", ",
        inputs.Select(input => $"'{input.Name}', {DeclaredType.Text(input.Type)} {DeclaredType.ShapeOf(input.Type)}".TrimEnd()));
}
