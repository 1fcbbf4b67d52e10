using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The length of vectors along one axis, or of all elements together: √Σx² for order 2, Σ|x| for order 1, max |x| for order ∞,
    /// else (Σ|x|ⁿ)^(1/n).</summary>
    /// <param name="x">Any shape.</param>
    /// <param name="axis">The axis; a negative axis counts from the last. Null: all.</param>
    /// <param name="order">n, at least 1.</param>
    /// <param name="keep">Whether the reduced axes stay, with size 1.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <remarks>The length 0 has an infinite slope for an order above 1: add a small number before, or use the square.</remarks>
    public static Node Norm(this Node x, int? axis = null, float order = 2, bool keep = false, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (!(order >= 1)) throw new ArgumentOutOfRangeException(nameof(order), order, "The order of a norm must be at least 1.");
        return order switch
        {
            1 => x.Abs().Sum(axis, keep, name, file, line),
            2 => AddFlow(x.Power(2).Sum(axis, keep), new Sqrt(), name, file, line),
            float.PositiveInfinity => x.Abs().Max(axis, keep, name, file, line),
            _ => AddFlow(x.Abs().Power(order).Sum(axis, keep), new Power(1 / order), name, file, line),
        };
    }

    /// <summary>The cosine of the angle between vectors along an axis: x·y / (max(|x|, ε) · max(|y|, ε)).</summary>
    /// <param name="x">Vectors along the axis.</param>
    /// <param name="y">Vectors of the same shape, or of one that broadcasts.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="epsilon">ε: a shorter vector counts as this long, so that 0 has an angle.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    public static Node CosineSimilarity(this Node x, Node y, int axis = -1, float epsilon = 1e-8f, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(y);
        // The square is held above ε², not its root above ε: the slope of the root at 0 is infinite. ε² must be a normal number.
        var square = Math.Max(epsilon * epsilon, 1.17549435e-38f);
        Node Length(Node z) => z.Power(2).Sum(axis).Maximum(square).Sqrt();
        return AddFlow((x * y).Sum(axis), new Divide(Length(x) * Length(y)), name, file, line);
    }
}
