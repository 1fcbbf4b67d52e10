using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Repeats a tensor along an axis: [a, b] becomes [a, b, a, b].</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="times">How often.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Tile(this Node x, int axis, int times, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        return Concat([.. Enumerable.Repeat(x, times)], axis, name, file, line);
    }

    /// <summary>Repeats each slice along an axis: [a, b] becomes [a, a, b, b].</summary>
    /// <param name="x">Of a known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="times">How often.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown.</exception>
    public static Node Repeat(this Node x, int axis, int times, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(times, 1);
        var (along, length) = Axis.Known(nameof(Repeat), x, axis);
        return x.At(along, Enumerable.Range(0, length * times).Select(place => place / times), name, file, line);
    }

    /// <summary>Moves elements along an axis; what leaves at one end comes back at the other: by 1, [a, b, c] becomes [c, a, b].</summary>
    /// <param name="x">Of a known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="by">How far; a negative number moves to the beginning.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown.</exception>
    public static Node Roll(this Node x, int axis, int by, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var (along, length) = Axis.Known(nameof(Roll), x, axis);
        var start = length == 0 ? 0 : (length - by % length) % length;
        return Concat([x.Slice(along, start), x.Slice(along, 0, start)], along, name, file, line);
    }

    /// <summary>Turns the order along an axis round.</summary>
    /// <param name="x">Of a known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown.</exception>
    public static Node Flip(this Node x, int axis, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var (along, length) = Axis.Known(nameof(Flip), x, axis);
        return x.At(along, Enumerable.Range(0, length).Select(place => length - 1 - place), name, file, line);
    }

    /// <summary>The slices at these places along an axis, which are known when the graph is built.</summary>
    internal static Node At(this Node x, int axis, IEnumerable<int> places, string? name, string file, int line)
    {
        double[] indices = [.. places.Select(place => (double)place)];
        return x.Gather(new Constant(indices, Shape.Of(indices.Length), ElementType.Int32), axis, name, file, line);
    }
}
