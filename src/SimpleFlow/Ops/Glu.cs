using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>A gated linear unit: the first half along an axis times the sigmoid of the second (Dauphin, Fan, Auli and Grangier,
    /// "Language modeling with gated convolutional networks", 2017).</summary>
    /// <param name="x">Of an even, known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is odd or unknown.</exception>
    public static Node Glu(this Node x, int axis = -1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var halves = x.Split(axis, 2);
        return AddFlow(halves[0], new Multiply(halves[1].Sigmoid()), name, file, line);
    }

    /// <summary>SwiGLU: SiLU of the first half along an axis times the second, between the two layers of a transformer's feed-forward part
    /// (Shazeer, "GLU variants improve transformer", 2020).</summary>
    /// <param name="x">Of an even, known size along the axis.</param>
    /// <param name="axis">The axis; a negative axis counts from the last.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The size along the axis is odd or unknown.</exception>
    public static Node SwiGlu(this Node x, int axis = -1, string? name = null, [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        var halves = x.Split(axis, 2);
        return AddFlow(halves[0].Silu(), new Multiply(halves[1]), name, file, line);
    }
}
