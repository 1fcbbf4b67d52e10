using System.Numerics.Tensors;

namespace SimpleFlow;

/// <summary>Converts between the platform's tensors and flat row-major memory.</summary>
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

    public static Tensor<T> Copy<T>(Tensor<T> tensor) => Tensor.Create(ToArray(tensor), tensor.Lengths);

    /// <summary>A tensor over the values. The platform's tensors have no rank 0: a scalar becomes one of shape [1].</summary>
    public static Tensor<T> Create<T>(T[] values, Shape shape)
    {
        if (shape.Rank == 0) return Tensor.Create(values, [1]);
        var lengths = new nint[shape.Rank];
        for (var axis = 0; axis < lengths.Length; axis++) lengths[axis] = (nint)shape[axis]!.Value;
        return Tensor.Create(values, lengths);
    }
}
