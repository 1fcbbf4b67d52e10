using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The sum of all elements up to each one along an axis, itself included.</summary>
    /// <param name="x">Of a known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown.</exception>
    public static Node CumulativeSum(this Node x, int axis, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var (along, length) = Axis.Known(nameof(CumulativeSum), x, axis);
        // Each step adds what ends 1, 2, 4, … places before (Hillis and Steele, 1986), so that a sum of n has log n roundings.
        for (var distance = 1; distance < length; distance *= 2) x += x.Slice(along, 0, length - distance).Pad(along, distance, 0);
        return name is null ? x : x.Named(name, file, line);
    }
}
