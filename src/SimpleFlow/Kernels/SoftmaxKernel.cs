using System.Numerics.Tensors;

namespace SimpleFlow.Kernels;

/// <summary>
/// Softmax, or its logarithm, along the rows of [rows, width]. Every row is shifted by its maximum first, so that the largest exponent is e⁰ = 1 and nothing overflows
/// (<see cref="TensorPrimitives.SoftMax(ReadOnlySpan{float}, Span{float})"/> does not shift).
/// </summary>
internal sealed unsafe class SoftmaxKernel(bool logarithm, float* source, float* result, int rows, int width, float* scratch) : Kernel
{
    public override void Run(int part, int parts)
    {
        if (width == 0) return;
        var (start, end) = Piece(rows, part, parts, grain: 16);
        for (var row = start; row < end; row++)
        {
            var x = new ReadOnlySpan<float>(source + (long)row * width, width);
            var y = new Span<float>(result + (long)row * width, width);
            var shift = TensorPrimitives.Max(x);
            TensorPrimitives.Subtract(x, shift, y);
            if (logarithm)
            {
                var exponentials = new Span<float>(scratch + (long)part * width, width);
                TensorPrimitives.Exp(y, exponentials);
                TensorPrimitives.Subtract(y, MathF.Log(TensorPrimitives.Sum<float>(exponentials)), y);
            }
            else
            {
                TensorPrimitives.Exp(y, y);
                TensorPrimitives.Divide(y, TensorPrimitives.Sum<float>(y), y);
            }
        }
    }
}
