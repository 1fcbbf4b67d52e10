using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>
    /// Slides the window of the weights [channels out, channels in / groups, width] over sequences [batch, channels, length]:
    /// the <see cref="SimpleFlow.Conv2D"/> of images that are one row high.
    /// </summary>
    /// <exception cref="ShapeException">The sequences or the weights do not have three axes, or do not fit together.</exception>
    public static Node Conv1D(
        this Node x, Node weights, int stride = 1, int padding = 0, int dilation = 1, int groups = 1,
        string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0)
    {
        ArgumentNullException.ThrowIfNull(x);
        ArgumentNullException.ThrowIfNull(weights);
        if (x.Shape.Rank != 3)
            throw new ShapeException($"Conv1D: `{x.Label}` is {x.Shape}; sequences have three axes, [batch, channels, length].",
                "Reshape it.");
        if (weights.Shape.Rank != 3)
            throw new ShapeException(
                $"Conv1D: `{weights.Label}` is {weights.Shape}; the weights have three axes, [channels out, channels in / groups, width].",
                "Reshape it.");
        // [n, c, length] → [n, c, 1, length]
        var images = AddFlow(x, new Unsqueeze([2]), null, file, line);
        // [o, c, width] → [o, c, 1, width]
        var window = AddFlow(weights, new Unsqueeze([2]), null, file, line);
        var rows = images.Conv2D(window, (1, stride), (0, padding), (1, dilation), groups, null, file, line);        // [n, o, 1, places]
        // a sum over one element: [n, o, places]
        return rows.Sum(axis: 2, keep: false, name, file, line);
    }
}
