using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>Between the platform's tensors and flat row-major memory.</summary>
internal static class TensorMemory
{
    public static Shape ShapeOf<T>(Tensor<T> tensor)
    {
        var sizes = new long[tensor.Rank];
        for (var axis = 0; axis < sizes.Length; axis++) sizes[axis] = tensor.Lengths[axis];
        return Shape.OfLongs(sizes);
    }

    public static T[] ToArray<T>(Tensor<T> tensor)
    {
        var values = new T[tensor.FlattenedLength];
        tensor.FlattenTo(values);
        return values;
    }

    public static Tensor<T> Create<T>(T[] values, Shape shape)
    {
        var lengths = new nint[shape.Rank];
        for (var axis = 0; axis < lengths.Length; axis++) lengths[axis] = (nint)shape[axis]!.Value;
        return Tensor.Create(values, lengths);
    }
}
