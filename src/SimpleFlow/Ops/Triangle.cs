using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>Matrices with zeros above a diagonal.</summary>
    /// <param name="x">[.., rows, columns], both known.</param>
    /// <param name="diagonal">The last diagonal that stays: 0 the main one, 1 that to the right of it.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The number of rows or columns is unknown.</exception>
    public static Node LowerTriangle(this Node x, int diagonal = 0, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(Triangle(x, nameof(LowerTriangle), distance => distance <= diagonal), new Select(x, 0f), name, file, line);

    /// <summary>Matrices with zeros below a diagonal.</summary>
    /// <param name="x">[.., rows, columns], both known.</param>
    /// <param name="diagonal">The first diagonal that stays: 0 the main one, 1 that to the right of it.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The number of rows or columns is unknown.</exception>
    public static Node UpperTriangle(this Node x, int diagonal = 0, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0) =>
        AddFlow(Triangle(x, nameof(UpperTriangle), distance => distance >= diagonal), new Select(x, 0f), name, file, line);

    private static Constant Triangle(Node x, string user, Func<int, bool> stays)
    {
        var (rows, columns) = (Axis.Known(user, x, -2).Size, Axis.Known(user, x, -1).Size);
        var mask = new double[Shape.Of(rows, columns).ElementCount];
        for (var i = 0; i < mask.Length; i++) mask[i] = stays(i % columns - i / columns) ? 1 : 0;
        return new Constant(mask, Shape.Of(rows, columns), ElementType.Bool);
    }
}
