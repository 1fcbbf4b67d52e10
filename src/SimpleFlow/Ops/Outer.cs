using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>All products of an element of one vector and an element of another: [.., n] and [.., m] give [.., n, m].</summary>
    /// <param name="left">Vectors along the last axis.</param>
    /// <param name="right">Vectors along the last axis; the axes before broadcast.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Outer(this Node left, Node right, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(left);
        ArgumentNullException.ThrowIfNull(right);
        // [.., n] → [.., n, 1]; [.., m] → [.., 1, m]
        return AddFlow(left.Unsqueeze([left.Shape.Rank]), new Multiply(right.Unsqueeze([Math.Max(0, right.Shape.Rank - 1)])), name, file,
            line);
    }

    /// <summary>The sum of products along the last axis, Σ xᵢ·yᵢ: of two vectors one number, of a matrix and a vector their product. The
    /// axes before broadcast.</summary>
    /// <param name="x">[.., n].</param>
    /// <param name="y">[.., n].</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node Dot(this Node x, Node y, string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        (Required.Value(x) * Required.Value(y)).Sum(-1, keep: false, name, file, line);
}
