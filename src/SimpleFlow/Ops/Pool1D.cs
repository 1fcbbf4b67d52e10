using System.Runtime.CompilerServices;

namespace SimpleFlow;

public static partial class Flow
{
    /// <summary>The maximum of each window of sequences [batch, channels, length]: the <see cref="SimpleFlow.MaxPool2D"/> of images that
    /// are one row high.</summary>
    /// <param name="x">Sequences [batch, channels, length].</param>
    /// <param name="window">How many elements a window covers.</param>
    /// <param name="stride">How far it moves; by default windows lie side by side.</param>
    /// <param name="padding">How many places are added at each end; they never are the maximum.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The sequences do not have three axes, or the window does not fit.</exception>
    public static Node MaxPool1D(this Node x, int window, int? stride = null, int padding = 0, string? name = null,
        [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AsRows(nameof(MaxPool1D), x).MaxPool2D((1, window), (1, stride ?? window), (0, padding), null, null, file, line)
            .Sum(axis: 2, keep: false, name, file, line);

    /// <summary>The mean of each window of sequences [batch, channels, length]: the <see cref="SimpleFlow.AveragePool2D"/> of images that
    /// are one row high.</summary>
    /// <param name="x">Sequences [batch, channels, length].</param>
    /// <param name="window">How many elements a window covers.</param>
    /// <param name="stride">How far it moves; by default windows lie side by side.</param>
    /// <param name="padding">How many places are added at each end.</param>
    /// <param name="countPadding">Whether they count in the mean, as zeros.</param>
    /// <param name="name">A name for the node.</param>
    /// <param name="file">Filled in by the compiler.</param>
    /// <param name="line">Filled in by the compiler.</param>
    /// <exception cref="ShapeException">The sequences do not have three axes, or the window does not fit.</exception>
    public static Node AveragePool1D(this Node x, int window, int? stride = null, int padding = 0, bool countPadding = false,
        string? name = null, [CallerFilePath] string file = "", [CallerLineNumber] int line = 0) =>
        AsRows(nameof(AveragePool1D), x)
            .AveragePool2D((1, window), (1, stride ?? window), (0, padding), null, countPadding, null, file, line)
            .Sum(axis: 2, keep: false, name, file, line);

    // [n, c, length] → [n, c, 1, length]
    private static Node AsRows(string user, Node x)
    {
        ArgumentNullException.ThrowIfNull(x);
        return x.Shape.Rank == 3 ? x.Unsqueeze([2]) : throw ShapeException.Of(user, [x], new ShapeException(
            $"`{x.Label}` is {x.Shape}; sequences have three axes, [batch, channels, length].", "Reshape it."));
    }
}
