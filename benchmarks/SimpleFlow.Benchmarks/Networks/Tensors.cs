using System.Numerics.Tensors;

namespace SimpleFlow.Benchmarks;

internal static class Tensors
{
    public static Tensor<float> Of(float[] values, int[] sizes) => Tensor.Create(values, [.. sizes.Select(size => (nint)size)]);
}
