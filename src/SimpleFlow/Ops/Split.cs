using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Cuts a tensor into equal parts along an axis.</summary>
    /// <param name="x">Of a known size along the axis, which the number of parts divides.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="parts">How many parts.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is unknown, or the parts do not divide it.</exception>
    public static Node[] Split(this Node x, int axis, int parts, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(parts, 1);
        var (along, length) = Axis.Known(nameof(Split), x, axis);
        if (length % parts != 0)
            throw ShapeException.Of(nameof(Split), [x], new ShapeException(
                $"`{x.Label}` {x.Shape} has the size {length} along axis {along}, which cannot be cut into {parts} equal parts.",
                "Choose a number that divides it, or Slice() it."));
        var size = length / parts;
        return [.. Enumerable.Range(0, parts).Select(part => x.Slice(along, part * size, (part + 1) * size, 1, null, file, line))];
    }

    /// <summary>Puts tensors of one shape side by side along a new axis.</summary>
    /// <param name="parts">The tensors.</param>
    /// <param name="axis">Where the new axis stands in the result; −1 is the last.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The shapes differ.</exception>
    public static Node Stack(Node[] parts, int axis = 0, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var own = Required.List(parts);
        if (own.Count == 0) throw new ArgumentException("There is nothing to stack.", nameof(parts));
        var along = axis < 0 ? axis + own[0].Shape.Rank + 1 : axis;
        return Concat([.. own.Select(part => AddFlow(part, new Unsqueeze([along]), null, file, line))], along, name, file, line);
    }
}
