using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The product of the elements along one axis; 1 if there are none.</summary>
    /// <param name="x">Of a known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="keep">Whether the axis stays, with size 1.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown.</exception>
    public static Node Product(this Node x, int axis, bool keep = false, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var (along, length) = Axis.Known(nameof(Product), x, axis);
        if (length == 0) x = x.Sum(along, keep: true) + 1f;
        // Halves are multiplied until one is left, so that the gradient needs no division by what may be 0.
        for (; length > 1; length = (length + 1) / 2)
        {
            var half = length / 2;
            var product = x.Slice(along, 0, half) * x.Slice(along, half, 2 * half);
            x = length % 2 == 0 ? product : Concat([product, x.Slice(along, length - 1)], along);
        }
        // a sum over one element
        return x.Sum(along, keep, name, file, line);
    }
}
