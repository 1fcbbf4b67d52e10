using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The mean of (x − mean)² along one axis, or over all elements.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; a negative axis counts from the last. Null: all.</param>
    /// <param name="keep">Whether the reduced axes stay, with size 1.</param>
    /// <param name="correction">What the number of elements is reduced by before it divides: 0 as in NumPy and Keras, 1 as by default in
    /// PyTorch, for an estimate from a sample.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Variance(this Node x, int? axis = null, bool keep = false, int correction = 0, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfNegative(correction);
        var squares = (x - x.Mean(axis, keep: true)).Power(2);
        if (correction == 0) return squares.Mean(axis, keep, name, file, line);
        var count = AddFlow(x, axis is { } one ? new CountElements([one]) : new CountElements());
        return AddFlow(squares.Sum(axis, keep), new Divide(count - correction), name, file, line);
    }

    /// <summary>The root of <see cref="Variance"/>: how far elements are from their mean. Where all are equal its slope is
    /// infinite.</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; a negative axis counts from the last. Null: all.</param>
    /// <param name="keep">Whether the reduced axes stay, with size 1.</param>
    /// <param name="correction">As for <see cref="Variance"/>.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node StandardDeviation(this Node x, int? axis = null, bool keep = false, int correction = 0, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AddFlow(x.Variance(axis, keep, correction), new Sqrt(), name, file, line);
}
