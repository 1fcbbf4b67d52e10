using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Layers
{
    /// <summary>
    /// Weights as a length and a direction, g · v / |v|, with a length for each output (Salimans and Kingma, "Weight normalization", 2016):
    /// <c>x.MatMul(Layers.WeightNorm(v, g))</c> learns how long and where to apart from each other.
    /// </summary>
    /// <param name="direction">v, weights [inputs, outputs], or [channels out, ..] of a convolution.</param>
    /// <param name="length">g, of a shape that broadcasts to v's: [1, outputs], or [channels out, 1, ..].</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The length does not broadcast to the direction.</exception>
    public static Node WeightNorm(Node direction, Node length, string name = "weight norm", [CallerFilePath] string file = "",
        [CallerLineNumber] int line = 0)
    {
        Known.Float(nameof(WeightNorm), direction);
        Known.Float(nameof(WeightNorm), length);
        // Summed over the axes along which there is one length.
        int[] axes = [.. Enumerable.Range(0, direction.Shape.Rank).Where(axis =>
            axis - direction.Shape.Rank + length.Shape.Rank is var own && (own < 0 || length.Shape[own] == 1))];
        return Flow.AddFlow(direction, new Multiply(length / direction.Power(2).Sum(axes, keep: true).Sqrt()), name, file, line);
    }

    /// <summary>
    /// Weights divided by their largest singular value, so that no input is stretched (Miyato and others, "Spectral normalization for
    /// generative adversarial networks", 2018). The value is found by power iteration: in every training step u goes one step further from
    /// where it was left, and in use it stays.
    /// </summary>
    /// <param name="weights">Weights [first, ..], taken as a matrix of the first axis and all others; their sizes must be known.</param>
    /// <param name="epsilon">A smaller length counts as this.</param>
    /// <param name="name">A name for the node; the variable u is called <c>name/u</c> [first, 1].</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">A size is unknown, or there is only one axis.</exception>
    public static Node SpectralNorm(Variable weights, float epsilon = 1e-12f, string name = "spectral norm",
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(weights);
        var rows = Known.Size(nameof(SpectralNorm), weights, 0, "the first size");
        var matrix = weights.Reshape([rows, rows == 0 ? 0 : weights.Shape.ElementCount / rows]);
        var u = new Variable($"{name}/u", [rows, 1], Initializer.Normal(1), trainable: false, file, line);
        Node Unit(Node x) => x / x.Norm().Maximum(epsilon);
        // [columns, rows] · [rows, 1], [rows, columns] · [columns, 1]
        var v = Unit(matrix.MatMul(Unit(u), transposeLeft: true)).StopGradient();
        var next = Unit(matrix.MatMul(v)).StopGradient().RunningAverage(u, momentum: 0);
        var largest = (next * matrix.MatMul(v)).Sum();
        return Flow.AddFlow(weights, new Divide(largest), name, file, line);
    }
}
