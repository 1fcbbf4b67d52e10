using System.Numerics.Tensors;

namespace SimpleFlow.Playground.Experiments;

/// <summary>The numbers of tensors.</summary>
public static class Elements
{
    /// <summary>A copy of the elements in row-major order.</summary>
    public static T[] ToArray<T>(this Tensor<T> tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        var elements = new T[tensor.FlattenedLength];
        tensor.FlattenTo(elements);
        return elements;
    }
}
